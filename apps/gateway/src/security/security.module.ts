import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '@bulkhead/audit';
import { AuthModule } from '@bulkhead/auth';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.ts';
import { ValidationModule } from '../validation/validation.module.ts';
import { AccessDenialRecorder } from './access-denial-recorder.service.ts';
import { AuthenticationGuard } from './authentication.guard.ts';
import { RateLimitGuard } from '../rate-limits/rate-limit.guard.ts';
import { UnknownQueryGuard } from '../validation/unknown-query.guard.ts';

/** Authenticates requests and socket messages, and holds them to what their entry point declares. */
@Module({
  imports: [AuditModule, AuthModule, RateLimitsModule, ValidationModule],
  providers: [
    { provide: APP_GUARD, useExisting: AuthenticationGuard },
    { provide: APP_GUARD, useExisting: RateLimitGuard },
    { provide: APP_GUARD, useExisting: UnknownQueryGuard },
    AccessDenialRecorder,
    AuthenticationGuard,
  ],
  exports: [AccessDenialRecorder, AuthenticationGuard, RateLimitsModule],
})
export class SecurityModule {}
