import { AppError, type ErrorDetails } from '@bulkhead/errors';

/** The database can't be reached, is restarting or is overtaxed. Nothing was stored. */
export class DatabaseUnavailableError extends AppError {
  readonly code: string = 'database_unavailable';
  readonly kind = 'unavailable';

  constructor(
    cause: unknown,
    message = 'The database is not reachable. Nothing was stored; try again in a moment.',
    details: ErrorDetails = { retryAfterSeconds: 1 },
  ) {
    super(message, { cause, ...details });
  }
}

/** The connection broke while a commit was on its way: it happened, or it did not. */
export class OutcomeUnknownError extends DatabaseUnavailableError {
  override readonly code = 'outcome_unknown';

  constructor(cause: unknown) {
    const message =
      'The database went away at the last moment. Look whether your change is there before you repeat it.';
    super(cause, message, {});
  }
}

/** The database can't be prepared; the server must not start. */
export class DatabaseSetupError extends AppError {
  readonly code = 'database_setup';
  readonly kind = 'internal';
}
