import { Module } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { AccessTokens } from './access-tokens.service.ts';
import { AccountService } from './account.service.ts';
import { Authenticator } from './authenticator.service.ts';
import { IdentityLiveness } from './liveness/identity-liveness.service.ts';
import { PasswordHasher } from './password-hasher.service.ts';
import { Sessions } from './sessions.service.ts';
import { SigningKeys } from './signing-keys.service.ts';

/** Needs `AUTH_OPTIONS` from the application's configuration. */
@Module({
  imports: [PersistenceModule],
  providers: [
    SigningKeys,
    AccessTokens,
    PasswordHasher,
    Sessions,
    Authenticator,
    IdentityLiveness,
    AccountService,
  ],
  exports: [Authenticator, IdentityLiveness, AccountService],
})
export class AuthModule {}
