import { AppError } from '@bulkhead/errors';

/** The database can't be reached or is restarting. Nothing was stored. */
export class DatabaseUnavailableError extends AppError {
  readonly code = 'database_unavailable';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('The database is not reachable. Nothing was stored; try again in a moment.', {
      cause,
      retryAfterSeconds: 1,
    });
  }
}

/** The database can't be prepared; the server must not start. */
export class DatabaseSetupError extends AppError {
  readonly code = 'database_setup';
  readonly kind = 'internal';
}
