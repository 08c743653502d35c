import { AppError } from '@bulkhead/errors';

/** Too much was asked for in too short a time. */
export class RateLimitedError extends AppError {
  readonly code = 'rate_limited';
  readonly kind = 'limit_exceeded';

  constructor(limit: number, retryAfterSeconds: number) {
    super(`More than ${limit} requests in a minute. Wait, then go on more slowly.`, {
      limit,
      retryAfterSeconds,
    });
  }
}
