import { AppError, type ErrorDetails, type ErrorKind } from '@bulkhead/errors';

/** An error as it is stored: an `AppError` with its own fields, any other with its message alone. */
export interface StoredFailure {
  readonly message: string;
  readonly code?: string;
  readonly kind?: ErrorKind;
  readonly details?: ErrorDetails;
}

/** An error read back from storage: what callers are told survives it, the class does not. */
class StoredError extends AppError {
  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    details: ErrorDetails,
  ) {
    super(message, details);
  }
}

/** What is stored of an error. */
export function toStoredError(error: unknown): StoredFailure {
  if (!(error instanceof AppError))
    return { message: error instanceof Error ? error.message : String(error) };
  const { code, kind, message, details } = error;
  return { code, kind, message, details };
}

/** Makes an error again of one that was stored: an `AppError` with the same code where it was one. */
export function reviveError({ message, code, kind, details }: StoredFailure): Error {
  if (code === undefined || kind === undefined) return new Error(message);
  return new StoredError(code, kind, message, details ?? {});
}
