import { AppError } from '@bulkhead/errors';

/** One connection has as many threads open as it may. */
export class TooManyThreadsError extends AppError {
  readonly code = 'too_many_threads';
  readonly kind = 'limit_exceeded';

  constructor(limit: number) {
    super(`A connection can have ${limit} threads open. Close one first.`, { limit, current: limit });
  }
}
