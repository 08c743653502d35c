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

/** A wrong password was sent a moment ago, and not the first: the same for an email that nobody has. */
export class SignInDelayedError extends AppError {
  readonly code = 'sign_in_delayed';
  readonly kind = 'limit_exceeded';

  constructor(retryAfterSeconds: number) {
    super('There were several wrong passwords. Wait before the next one; the wait grows with each.', {
      retryAfterSeconds,
    });
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

/** An administrator acts on the own account; another one must. */
export class OwnAccountError extends AppError {
  readonly code = 'own_account';
  readonly kind = 'conflict';

  constructor() {
    super('Administrators can not change or delete their own account. Ask another administrator.');
  }
}

/** The roles of this user come from an OpenID provider, and would come back with the next token. */
export class RolesFromProviderError extends AppError {
  readonly code = 'roles_from_provider';
  readonly kind = 'conflict';

  constructor() {
    super("This user's roles come from the OpenID provider. Change them there, or disable the account.");
  }
}

/** The session may do this only shortly after its user has signed in; an API key never may. */
export class RecentSignInRequiredError extends AppError {
  readonly code = 'recent_sign_in_required';
  readonly kind = 'forbidden';

  constructor(minutes: number) {
    super(
      `This raises rights, so it needs a session that was signed in within the last ${minutes} minutes, and no API key. Sign in again and repeat it.`,
    );
  }
}

/** A user has as many API keys as one may have. */
export class TooManyApiKeysError extends AppError {
  readonly code = 'too_many_api_keys';
  readonly kind = 'limit_exceeded';

  constructor(limit: number) {
    super(`There are ${limit} API keys already. Revoke one first.`, { limit, current: limit });
  }
}

/** Local accounts are switched off. */
export class LocalAccountsOffError extends AppError {
  readonly code = 'local_accounts_off';
  readonly kind = 'forbidden';

  constructor() {
    super('There are no accounts with passwords here. Sign in at the OpenID provider and send its token.');
  }
}

/** The keys of an OpenID provider can't be had, so nobody can say whether its tokens are good. */
export class IssuerUnavailableError extends AppError {
  readonly code = 'issuer_unavailable';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('The OpenID provider does not answer. Try again in a few seconds.', {
      cause,
      retryAfterSeconds: 5,
    });
  }
}
