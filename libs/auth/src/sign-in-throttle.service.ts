import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimitStore } from '@bulkhead/persistence';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { SignInDelayedError } from './auth.errors.ts';

/** Wrong passwords for one account from one address, before that address is locked. */
const FREE_FAILURES = 10;
/** How long failures count, and with them the lock, in seconds. */
const WINDOW_SECONDS = 900;
/** Wrong passwords that cost no wait: people mistype. */
const QUICK_FAILURES = 3;
const LONGEST_DELAY_SECONDS = 60;

/**
 * Counts wrong passwords over all nodes, per account and address together: who guesses holds up themselves, not the
 * owner, who comes from somewhere else. From the third on each is followed by a wait that doubles; whoever comes back
 * too early is sent away at once, so that no request, connection or hash waits here for anybody. The tenth locks. An
 * email without an account is counted like any other, and nobody is told that they are locked.
 */
@Injectable()
export class SignInThrottle {
  readonly #failures: RateLimiterPostgres;
  readonly #waits: RateLimiterPostgres;

  constructor(store: RateLimitStore) {
    const limiterOf = (keyPrefix: string): RateLimiterPostgres =>
      new RateLimiterPostgres({
        storeClient: store,
        storeType: 'client',
        schemaName: 'bulkhead',
        tableName: 'rate_limits',
        tableCreated: true,
        keyPrefix,
        points: FREE_FAILURES,
        duration: WINDOW_SECONDS,
      });
    this.#failures = limiterOf('sign-in');
    this.#waits = limiterOf('sign-in-wait');
  }

  /** @throws SignInDelayedError while the wait after the last failure is not over, DatabaseUnavailableError */
  async assertNotTooEarly(email: string, address: string): Promise<void> {
    const wait = await this.#waits.get(keyOf(email, address));
    if (wait && wait.msBeforeNext > 0) throw new SignInDelayedError(Math.ceil(wait.msBeforeNext / 1000));
  }

  /** Ask after the password was looked at: others may have failed at the same time. @throws DatabaseUnavailableError */
  async isLocked(email: string, address: string): Promise<boolean> {
    const count = await this.#failures.get(keyOf(email, address));
    return count !== null && count.consumedPoints >= FREE_FAILURES;
  }

  /** @throws DatabaseUnavailableError */
  async noteFailure(email: string, address: string): Promise<void> {
    const key = keyOf(email, address);
    const { consumedPoints } = await this.#failures.consume(key).catch((refusal: unknown) => {
      // Over the limit is an answer too; only the database's failure is an error.
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
    const seconds = delayAfter(consumedPoints);
    if (seconds > 0) await this.#waits.block(key, seconds);
  }

  /** @throws DatabaseUnavailableError */
  async forget(email: string, address: string): Promise<void> {
    await this.#failures.delete(keyOf(email, address));
  }
}

/** Seconds to wait after so many wrong passwords: 0, 0, 1, 2, 4 … 60. */
export const delayAfter = (failures: number): number =>
  failures < QUICK_FAILURES ? 0 : Math.min(2 ** (failures - QUICK_FAILURES), LONGEST_DELAY_SECONDS);

const keyOf = (email: string, address: string): string =>
  createHash('sha256').update(`${email.toLowerCase()}\n${address}`).digest('base64url');
