import { AppError } from '@bulkhead/errors';

/** One connection has as many threads open as it may. */
export class TooManyThreadsError extends AppError {
  readonly code = 'too_many_threads';
  readonly kind = 'limit_exceeded';

  constructor(limit: number) {
    super(`A connection can follow ${limit} threads. Unsubscribe from one first.`, { limit, current: limit });
  }
}

/** The user has as many connections and streams open as they may. */
export class TooManyConnectionsError extends AppError {
  readonly code = 'too_many_connections';
  readonly kind = 'limit_exceeded';

  constructor(limit: number) {
    super(`You can have ${limit} connections at the same time. Close one first.`, {
      limit,
      current: limit,
      // By then a node that died is not counted any more.
      retryAfterSeconds: 3,
    });
  }
}

/** A second sign-in on one connection: who it belongs to is settled once. */
export class AlreadyConnectedError extends AppError {
  readonly code = 'already_connected';
  readonly kind = 'conflict';

  constructor() {
    super('This connection has signed in already. Open another one.');
  }
}
