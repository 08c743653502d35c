import { Injectable, Logger } from '@nestjs/common';
import { RateLimitStore } from '@bulkhead/persistence';
import { GatewayConfig } from '../config/gateway.config.ts';
import { RateLimit, WINDOW_SECONDS, type Allowance } from './rate-limit.ts';
import { sharedCounter } from './shared-counter.ts';

/** A whole site, such as a campus, may ask for as much as so many of its subnets. */
const SUBNETS_OF_A_SITE = 4;

/** What users, and addresses before anybody has signed in, may ask for in a minute. */
@Injectable()
export class RateLimits {
  readonly #logger = new Logger(RateLimits.name);
  /** Requests of a signed-in user. */
  readonly user: RateLimit;
  /** Frames of a signed-in user, over all their connections. */
  readonly frames: RateLimit;
  /** Requests without a user, or with a credential that is not good, by `subnetOf` their address. */
  readonly address: RateLimit;
  /** The same by `siteOf` it: an IPv6 site may have 65,536 subnets. */
  readonly site: RateLimit;

  constructor(config: GatewayConfig, store: RateLimitStore) {
    const limitOf = (name: string, limit: number): RateLimit =>
      new RateLimit(name, limit, sharedCounter(store, name, limit, WINDOW_SECONDS), (error) =>
        this.#logger.warn({ err: error }),
      );
    this.user = limitOf('user', config.REQUESTS_PER_MINUTE_PER_USER);
    this.frames = limitOf('frames', config.FRAMES_PER_MINUTE_PER_USER);
    this.address = limitOf('address', config.REQUESTS_PER_MINUTE_PER_ADDRESS);
    this.site = limitOf('site', SUBNETS_OF_A_SITE * config.REQUESTS_PER_MINUTE_PER_ADDRESS);
  }
}

/** Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4. */
export const rateLimitHeaders = (
  name: string,
  { limit, left, seconds }: Allowance,
): Record<string, string> => ({
  'ratelimit-policy': `"${name}";q=${limit};w=${WINDOW_SECONDS}`,
  ratelimit: `"${name}";r=${left};t=${seconds}`,
});
