import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { PersistenceModule } from '@bulkhead/persistence';
import { AccessTokens } from './access-tokens.service.ts';
import { AccountService } from './account.service.ts';
import { FirstAdministrators } from './administration/first-administrators.service.ts';
import { UserAdministration } from './administration/user-administration.service.ts';
import { ApiKeys } from './api-keys/api-keys.service.ts';
import { ApiKeyVerifier } from './api-keys/api-key-verifier.service.ts';
import { AuthRetention } from './auth-retention.service.ts';
import { Authenticator } from './authenticator.service.ts';
import { IdentityLiveness } from './liveness/identity-liveness.service.ts';
import { OwnSessions } from './own-sessions.service.ts';
import { PasswordHasher } from './password-hasher.service.ts';
import { ProviderAccounts } from './providers/provider-accounts.service.ts';
import { ProviderTokens } from './providers/provider-tokens.service.ts';
import { Sessions } from './sessions.service.ts';
import { SignInThrottle } from './sign-in-throttle.service.ts';
import { SigningKeyRotation } from './signing-key-rotation.service.ts';
import { SigningKeyVault } from './signing-key-vault.service.ts';
import { SigningKeys } from './signing-keys.service.ts';

const offered = [
  Authenticator,
  IdentityLiveness,
  AccountService,
  OwnSessions,
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
    FirstAdministrators,
    AuthRetention,
  ],
  exports: offered,
})
export class AuthModule {}
