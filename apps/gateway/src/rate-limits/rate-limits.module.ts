import { Module } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { AddressLimits } from './address-limits.service.ts';
import { GoodCredentials } from './good-credentials.service.ts';
import { RateLimitGuard } from './rate-limit.guard.ts';
import { RateLimits } from './rate-limits.service.ts';

/** Limits of requests by user and by address, counted over all nodes. */
@Module({
  imports: [PersistenceModule],
  providers: [AddressLimits, GoodCredentials, RateLimitGuard, RateLimits],
  exports: [AddressLimits, GoodCredentials, RateLimitGuard],
})
export class RateLimitsModule {}
