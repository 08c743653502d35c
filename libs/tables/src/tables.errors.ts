import { AppError } from '@bulkhead/errors';

/** The file is not a CSV that can be kept as it is. Nothing of it was stored. */
export class InvalidCsvError extends AppError {
  readonly code = 'invalid_csv';
  readonly kind = 'invalid';

  /** @param line where in the file, counted from 1; absent when it is about the file as a whole */
  constructor(rule: string, line?: number, cause?: unknown) {
    super(`${line === undefined ? 'The file' : `Line ${line}`} ${rule}. Nothing was stored.`, {
      field: line === undefined ? 'file' : `line ${line}`,
      ...(cause !== undefined && { cause }),
    });
  }
}

/** The file, or what the user keeps, is larger than allowed. Nothing was stored. */
export class TableLimitError extends AppError {
  readonly code = 'table_limit';
  readonly kind = 'limit_exceeded';

  constructor(what: string, limit: number) {
    super(`${what} (limit ${limit}). Nothing was stored.`, { limit });
  }
}

export class InvalidTableNameError extends AppError {
  readonly code = 'invalid_request';
  readonly kind = 'invalid';

  constructor(message: string) {
    super(message, { field: 'name' });
  }
}

export class TableNameTakenError extends AppError {
  readonly code = 'table_name_taken';
  readonly kind = 'conflict';

  constructor() {
    super('You have a table of this name. Delete it first, or choose another name.', { field: 'name' });
  }
}

/** Too many uploads at the same time, of this user or of all. */
export class UploadsBusyError extends AppError {
  readonly code = 'uploads_busy';
  readonly kind = 'unavailable';

  constructor(who: 'user' | 'node') {
    super(
      who === 'user'
        ? 'Another upload of yours is under way. Wait for its end.'
        : 'Too many uploads are under way. Try again in a moment.',
      { retryAfterSeconds: 5 },
    );
  }
}

export class UploadTimeoutError extends AppError {
  readonly code = 'upload_timeout';
  readonly kind = 'unavailable';

  constructor(limit: number) {
    super(`The upload took longer than ${limit} ms. Nothing was stored.`, { limit });
  }
}

/** The client sends nothing for too long, or hardly anything: its place is somebody else's. */
export class UploadTooSlowError extends AppError {
  readonly code = 'upload_too_slow';
  readonly kind = 'unavailable';

  constructor(rule: string, limit: number) {
    super(`The upload ${rule}. Nothing was stored. Send it without a pause, or in smaller files.`, { limit });
  }
}

/** The query was refused, or PostgreSQL refused it: the message says why, for whoever wrote it. */
export class QueryRefusedError extends AppError {
  readonly code = 'query_refused';
  readonly kind = 'invalid';

  constructor(message: string, cause?: unknown) {
    super(message, { field: 'sql', ...(cause !== undefined && { cause }) });
  }
}

/** As many queries as this node runs at the same time are under way. */
export class QueriesBusyError extends AppError {
  readonly code = 'queries_busy';
  readonly kind = 'unavailable';

  constructor(cause?: unknown) {
    super('Too many queries are under way. Try again in a moment.', {
      retryAfterSeconds: 2,
      ...(cause !== undefined && { cause }),
    });
  }
}
