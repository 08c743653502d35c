import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimitStore } from '@bulkhead/persistence';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

/** Wrong passwords for one account from one address, before that address has to wait. */
const FREE_FAILURES = 10;
/** How long failures count, and with them the lock, in seconds. */
const WINDOW_SECONDS = 900;

/**
 * Counts wrong passwords over all nodes, per account and address together: who guesses locks out themselves, not the
 * owner, who comes from somewhere else. An email without an account is counted like any other, and nobody is told
 * that they are locked.
 */
@Injectable()
export class SignInThrottle {
  readonly #limiter: RateLimiterPostgres;

  constructor(store: RateLimitStore) {
    this.#limiter = new RateLimiterPostgres({
      storeClient: store,
      storeType: 'client',
      schemaName: 'bulkhead',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix: 'sign-in',
      points: FREE_FAILURES,
      duration: WINDOW_SECONDS,
    });
  }

  /** @throws DatabaseUnavailableError */
  async isLocked(email: string, address: string): Promise<boolean> {
    const count = await this.#limiter.get(keyOf(email, address));
    return count !== null && count.consumedPoints >= FREE_FAILURES;
  }

  /** @throws DatabaseUnavailableError */
  async noteFailure(email: string, address: string): Promise<void> {
    await this.#limiter.consume(keyOf(email, address)).catch((refusal: unknown) => {
      // Over the limit is an answer too; only the database's failure is an error.
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
    });
  }

  /** @throws DatabaseUnavailableError */
  async forget(email: string, address: string): Promise<void> {
    await this.#limiter.delete(keyOf(email, address));
  }
}

const keyOf = (email: string, address: string): string =>
  createHash('sha256').update(`${email.toLowerCase()}\n${address}`).digest('base64url');
