export { accountLimits } from './accounts/account-rules.ts';
export { AccountService, type SignInInput, type SignUpInput } from './accounts/account.service.ts';
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
export { accountConcernedBy } from './accounts/concerned-account.ts';
export { AuthModule } from './auth.module.ts';
export { AUTH_OPTIONS, type AuthOptions, type ProviderOptions } from './auth.options.ts';
export { Authenticator } from './authenticator.service.ts';
export { RefreshDto, SignInDto, SignUpDto } from './accounts/credentials.dto.ts';
export { ConnectionAuthMonitor } from './liveness/connection-auth-monitor.service.ts';
export type { EndReason } from './liveness/session-watch.ts';
export { UserSessions, type SessionSummary } from './sessions/user-sessions.service.ts';
export { apiKeyPermissions, ROLES, type Permission, type Role } from './permissions.ts';
export type { SignedIn } from './sessions/sessions.service.ts';
export { SigningKeyRotation } from './tokens/signing-key-rotation.service.ts';
export type { UserProfile } from './user-profile.ts';
