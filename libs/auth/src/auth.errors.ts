import { AppError } from '@bulkhead/errors';

/**
 * The credential is not good, for whatever reason: one message for all, so that a forger learns nothing.
 * The reason is in `cause`, for the log.
 */
export class UnauthenticatedError extends AppError {
  readonly code = 'unauthenticated';
  readonly kind = 'unauthenticated';

  constructor(cause?: unknown) {
    super('The credential is missing, expired or no longer good. Refresh it, or sign in again.', { cause });
  }
}

/** Unknown email, wrong password and disabled account answer alike: nobody finds out who has an account. */
export class SignInRefusedError extends AppError {
  readonly code = 'sign_in_refused';
  readonly kind = 'unauthenticated';

  constructor() {
    super('The email or the password is not right. Check both and try again.');
  }
}

/** Somebody has signed up with this email, in whatever capitalisation. */
export class EmailTakenError extends AppError {
  readonly code = 'email_taken';
  readonly kind = 'conflict';

  constructor() {
    super('There is an account with this email already. Sign in, or use another email.');
  }
}

/** A field of a sign-up or sign-in breaks its rule. Never repeats the value. */
export class InvalidAccountError extends AppError {
  readonly code = 'invalid_account';
  readonly kind = 'invalid';

  constructor(field: string, rule: string) {
    super(`${field} ${rule}.`, { field });
  }
}

/** Too many passwords wait to be hashed; more would only make everybody wait. */
export class SignInBusyError extends AppError {
  readonly code = 'sign_in_busy';
  readonly kind = 'unavailable';

  constructor(limit: number) {
    super('Too many people are signing in at this moment. Try again in a few seconds.', {
      limit,
      retryAfterSeconds: 3,
    });
  }
}
