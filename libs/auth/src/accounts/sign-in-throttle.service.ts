import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RateLimitStore } from '@bulkhead/persistence';
import { siteOf, subnetOf } from '@bulkhead/user-context';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { SignInDelayedError } from '../auth.errors.ts';

/** Wrong passwords for one account from one address, before that address is locked. */
const FREE_FAILURES = 10;
/** How long failures count, and with them the lock, in seconds. */
const WINDOW_SECONDS = 900;
/** Wrong passwords that cost no wait: people mistype. */
const QUICK_FAILURES = 3;
const LONGEST_DELAY_SECONDS = 60;
/** Wrong passwords for one account from all subnets of one /48, before all of them are locked. */
const FREE_FAILURES_OF_SITE = 40;
/** How long it is known where an account has signed in, in seconds. */
const FAMILIAR_SECONDS = 90 * 86_400;

/**
 * Counts wrong passwords over all nodes, per account and subnet (`subnetOf`) together: who guesses holds up themselves, not the
 * owner, who comes from somewhere else. From the third on each is followed by a wait that doubles; whoever comes back
 * too early is sent away at once, so that no request, connection or hash waits here for anybody. The tenth locks. An
 * email without an account is counted like any other, and nobody is told that they are locked.
 */
@Injectable()
export class SignInThrottle {
  readonly #failures: RateLimiterPostgres;
  readonly #waits: RateLimiterPostgres;
  readonly #ofSite: RateLimiterPostgres;
  readonly #familiar: RateLimiterPostgres;
  readonly #logger = new Logger(SignInThrottle.name);

  constructor(store: RateLimitStore) {
    const limiterOf = (keyPrefix: string, points = FREE_FAILURES): RateLimiterPostgres =>
      new RateLimiterPostgres({
        storeClient: store,
        storeType: 'client',
        schemaName: 'bulkhead',
        tableName: 'rate_limits',
        tableCreated: true,
        keyPrefix,
        points,
        duration: WINDOW_SECONDS,
      });
    this.#failures = limiterOf('sign-in');
    this.#waits = limiterOf('sign-in-wait');
    this.#ofSite = limiterOf('sign-in-site', FREE_FAILURES_OF_SITE);
    this.#familiar = limiterOf('sign-in-familiar');
  }

  /** @throws SignInDelayedError while the wait after the last failure is not over, DatabaseUnavailableError */
  async assertNotTooEarly(email: string, address: string): Promise<void> {
    const wait = await this.#waits.get(keyOf(email, address));
    if (wait && wait.msBeforeNext > 0) throw new SignInDelayedError(Math.ceil(wait.msBeforeNext / 1000));
  }

  /** Ask after the password was looked at: others may have failed at the same time. @throws DatabaseUnavailableError */
  async isLocked(email: string, address: string): Promise<boolean> {
    const count = await this.#failures.get(keyOf(email, address));
    if (count !== null && count.consumedPoints >= FREE_FAILURES) return true;
    const site = siteKeyOf(email, address);
    const ofSite = site === undefined ? null : await this.#ofSite.get(site);
    return ofSite !== null && ofSite.consumedPoints >= FREE_FAILURES_OF_SITE;
  }

  /** @throws DatabaseUnavailableError */
  async noteFailure(email: string, address: string): Promise<void> {
    const key = keyOf(email, address);
    const site = siteKeyOf(email, address);
    if (site !== undefined) await consume(this.#ofSite, site);
    const { consumedPoints } = await consume(this.#failures, key);
    const seconds = delayAfter(consumedPoints);
    if (seconds > 0) await this.#waits.block(key, seconds);
  }

  /** @throws DatabaseUnavailableError */
  async forget(email: string, address: string): Promise<void> {
    await this.#failures.delete(keyOf(email, address));
  }

  /** Whether the account has signed in from this subnet before. @throws DatabaseUnavailableError */
  async isFamiliar(email: string, address: string): Promise<boolean> {
    return (await this.#familiar.get(keyOf(email, address))) !== null;
  }

  /** That the account has signed in from there. Without an address, or the database, nothing is remembered. */
  async remember(email: string, address: string | undefined): Promise<void> {
    if (address === undefined || address === '') return;
    await this.#familiar.set(keyOf(email, address), 1, FAMILIAR_SECONDS).catch((error: unknown) => {
      this.#logger.warn(`Where somebody signed in was not remembered: ${String(error)}`);
    });
  }
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<RateLimiterRes> {
  return limiter.consume(key).catch((refusal: unknown) => {
    // Over the limit is an answer too; only the database's failure is an error.
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  });
}

/** Seconds to wait after so many wrong passwords: 0, 0, 1, 2, 4 … 60. */
export const delayAfter = (failures: number): number =>
  failures < QUICK_FAILURES ? 0 : Math.min(2 ** (failures - QUICK_FAILURES), LONGEST_DELAY_SECONDS);

const keyOf = (email: string, address: string): string => hashOf(email, subnetOf(address));

/** Undefined where a /48 is no more than a subnet, as for IPv4. */
function siteKeyOf(email: string, address: string): string | undefined {
  const site = siteOf(address);
  return site === subnetOf(address) ? undefined : hashOf(email, site);
}

const hashOf = (email: string, network: string): string =>
  createHash('sha256').update(`${email.toLowerCase()}\n${network}`).digest('base64url');
