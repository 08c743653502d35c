import { Module } from '@nestjs/common';
import { AuthModule } from '@bulkhead/auth';
import { ApiKeysController } from './api-keys/api-keys.controller.ts';
import { AuthController } from './auth/auth.controller.ts';
import { SessionsController } from './sessions/sessions.controller.ts';

/** Sign-up, sign-in, sessions and API keys over REST. */
@Module({
  imports: [AuthModule],
  controllers: [ApiKeysController, AuthController, SessionsController],
})
export class AccountModule {}
