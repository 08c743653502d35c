import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { PersistenceModule } from '@bulkhead/persistence';
import { AccessTokens } from './tokens/access-tokens.service.ts';
import { AccountService } from './accounts/account.service.ts';
import { AdminBootstrap } from './administration/admin-bootstrap.service.ts';
import { UserAdministration } from './administration/user-administration.service.ts';
import { ApiKeys } from './api-keys/api-keys.service.ts';
import { ApiKeyVerifier } from './api-keys/api-key-verifier.service.ts';
import { AuthRetention } from './sessions/auth-retention.service.ts';
import { Authenticator } from './authenticator.service.ts';
import { ConnectionAuthMonitor } from './liveness/connection-auth-monitor.service.ts';
import { UserSessions } from './sessions/user-sessions.service.ts';
import { PasswordHasher } from './accounts/password-hasher.service.ts';
import { ProviderAccounts } from './providers/provider-accounts.service.ts';
import { ProviderTokens } from './providers/provider-tokens.service.ts';
import { Sessions } from './sessions/sessions.service.ts';
import { SignInThrottle } from './accounts/sign-in-throttle.service.ts';
import { SigningKeyRotation } from './tokens/signing-key-rotation.service.ts';
import { SigningKeyVault } from './tokens/signing-key-vault.service.ts';
import { SigningKeys } from './tokens/signing-keys.service.ts';

const offered = [
  Authenticator,
  ConnectionAuthMonitor,
  AccountService,
  UserSessions,
  ApiKeys,
  UserAdministration,
  SigningKeyRotation,
];

/** Needs `AUTH_OPTIONS` from the application's configuration. */
@Module({
  imports: [AuditModule, PersistenceModule],
  providers: [
    ...offered,
    SigningKeys,
    SigningKeyVault,
    AccessTokens,
    PasswordHasher,
    Sessions,
    SignInThrottle,
    ApiKeyVerifier,
    ProviderTokens,
    ProviderAccounts,
    AdminBootstrap,
    AuthRetention,
  ],
  exports: offered,
})
export class AuthModule {}
