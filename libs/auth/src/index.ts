export { accountLimits } from './account-rules.ts';
export { AccountService, type SignInInput, type SignUpInput } from './account.service.ts';
export type { AdministeredSession, AdministeredUser } from './administration/administered-user.ts';
export { UserAdministration, type UserChange } from './administration/user-administration.service.ts';
export { ApiKeys, type ApiKey, type ApiKeyInput } from './api-keys/api-keys.service.ts';
export {
  EmailTakenError,
  InvalidAccountError,
  IssuerUnavailableError,
  LocalAccountsOffError,
  OwnAccountError,
  RecentSignInRequiredError,
  RolesFromProviderError,
  SignInBusyError,
  SignInRefusedError,
  TooManyApiKeysError,
  UnauthenticatedError,
} from './auth.errors.ts';
export { accountConcernedBy } from './concerned-account.ts';
export { AuthModule } from './auth.module.ts';
export { AUTH_OPTIONS, type AuthOptions, type ProviderOptions } from './auth.options.ts';
export { Authenticator } from './authenticator.service.ts';
export { RefreshDto, SignInDto, SignUpDto } from './dto/credentials.dto.ts';
export { IdentityLiveness } from './liveness/identity-liveness.service.ts';
export type { EndReason } from './liveness/session-watch.ts';
export { OwnSessions, type SessionSummary } from './own-sessions.service.ts';
export { apiKeyPermissions, ROLES, type Permission, type Role } from './permissions.ts';
export type { SignedIn } from './sessions.service.ts';
export { SigningKeyRotation } from './signing-key-rotation.service.ts';
export type { UserProfile } from './user-profile.ts';
