import { createHash } from 'node:crypto';
import type { RateLimitStore } from '@bulkhead/persistence';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

/** What all nodes together have counted. */
export interface SharedCount {
  readonly used: number;
  readonly msLeft: number;
}

/** A counter in the database that all nodes add to. */
export type SharedCounter = (key: string, points: number) => Promise<SharedCount>;

/** @param points of one window of `seconds` */
export function sharedCounter(
  store: RateLimitStore,
  name: string,
  points: number,
  seconds: number,
): SharedCounter {
  const limiter = new RateLimiterPostgres({
    storeClient: store,
    storeType: 'client',
    schemaName: 'bulkhead',
    tableName: 'rate_limits',
    tableCreated: true,
    keyPrefix: name,
    points,
    duration: seconds,
  });
  return async (key, spent) => {
    const result = await limiter.consume(hashOf(key), spent).catch((refusal: unknown) => {
      // Over the limit is an answer too; only the database's failure is an error.
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
    return { used: result.consumedPoints, msLeft: result.msBeforeNext };
  };
}

/** Addresses name people: the database has none of them. */
const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');
