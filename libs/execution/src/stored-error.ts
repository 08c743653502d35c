import { AppError, type ErrorDetails, type ErrorKind } from '@bulkhead/errors';

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

/** Makes an `AppError` again of one that was stored with its own fields; any other error stays what it is. */
export function reviveError(error: unknown): unknown {
  const isStored =
    error instanceof Error && !(error instanceof AppError) && 'code' in error && 'kind' in error;
  if (!isStored) return error;
  const { code, kind, message, details } = error as Error & Pick<AppError, 'code' | 'kind' | 'details'>;
  return new StoredError(code, kind, message, details);
}
