import { Injectable } from '@nestjs/common';
import { siteOf, subnetOf } from '@bulkhead/user-context';
import type { RateLimitedError } from './rate-limits.errors.ts';
import type { Allowance } from './rate-limit.ts';
import { RateLimits } from './rate-limits.service.ts';

/**
 * Counts requests without a user against where they come from: an IPv4 address, or the /64 of an IPv6 address with a
 * higher ceiling for its /48.
 */
@Injectable()
export class AddressLimits {
  constructor(private readonly limits: RateLimits) {}

  /** @throws RateLimitedError */
  spend(address: string | undefined): Allowance {
    const [subnet, site] = [subnetOf(address), siteOf(address)];
    const allowance = this.limits.address.spend(subnet);
    if (site !== subnet) this.limits.site.spend(site);
    return allowance;
  }

  /** Why nothing of this address is looked at before the minute is over, if so. Costs no query and counts nothing. */
  refusal(address: string | undefined): RateLimitedError | undefined {
    const [subnet, site] = [subnetOf(address), siteOf(address)];
    return (
      this.limits.address.refusal(subnet) ?? (site === subnet ? undefined : this.limits.site.refusal(site))
    );
  }
}
