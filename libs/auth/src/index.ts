export { AccountService, type SignInInput, type SignUpInput } from './account.service.ts';
export {
  EmailTakenError,
  InvalidAccountError,
  SignInBusyError,
  SignInRefusedError,
  UnauthenticatedError,
} from './auth.errors.ts';
export { AuthModule } from './auth.module.ts';
export { AUTH_OPTIONS, type AuthOptions } from './auth.options.ts';
export { Authenticator } from './authenticator.service.ts';
export { RefreshDto, SignInDto, SignUpDto } from './dto/credentials.dto.ts';
export { IdentityLiveness } from './liveness/identity-liveness.service.ts';
export type { EndReason } from './liveness/session-watch.ts';
export type { Permission, Role } from './permissions.ts';
export type { SignedIn } from './sessions.service.ts';
export type { UserProfile } from './user-profile.ts';
