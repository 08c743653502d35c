import { AppError, type AppErrorOptions } from '@bulkhead/errors';

/** A value that can't be part of a context. Names the field; never repeats the value. */
export class InvalidContextError extends AppError {
  readonly code = 'invalid_context';
  readonly kind = 'invalid';

  constructor(field: string, rule: string, options: AppErrorOptions = {}) {
    super(`${field} ${rule}.`, { ...options, field });
  }
}

/**
 * Something of one user was about to reach another, or a context was used outside its life.
 * Always a defect or an attack: it is counted and logged as critical, and the caller learns nothing.
 */
export class ContextIsolationError extends AppError {
  readonly code = 'context_isolation';
  readonly kind = 'internal';
  readonly critical = true;
}

/** The work outlived its time limit; its scope was closed. */
export class ScopeTimeoutError extends AppError {
  readonly code = 'scope_timeout';
  readonly kind = 'unavailable';

  constructor(timeoutMs: number) {
    super(`The work took longer than ${timeoutMs} ms and was stopped. Try again, or ask for less at once.`);
  }
}

/** The node ended while the work was under way: what it did is done, or it is not. */
export class WorkInterruptedError extends AppError {
  readonly code = 'outcome_unknown';
  readonly kind = 'unavailable';

  constructor() {
    super(
      'This node is shutting down, and your request did not end in time. Look whether your change is there before you repeat it.',
    );
  }
}

/** A scope was asked for after shutdown began. Nothing was done. */
export class ShuttingDownError extends AppError {
  readonly code = 'shutting_down';
  readonly kind = 'unavailable';

  constructor() {
    super('This node is shutting down. Nothing was done; try again in a moment.', { retryAfterSeconds: 1 });
  }
}
