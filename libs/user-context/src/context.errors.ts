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

/** A scope was asked for after shutdown began. */
export class ShuttingDownError extends AppError {
  readonly code = 'shutting_down';
  readonly kind = 'unavailable';

  constructor() {
    super('This node is shutting down. Try again in a moment.', { retryAfterSeconds: 1 });
  }
}
