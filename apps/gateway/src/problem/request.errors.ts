import { AppError, type ErrorKind } from '@bulkhead/errors';

/** A body, query, path or frame is not as it must be. Names the field; never repeats the value. */
export class InvalidRequestError extends AppError {
  readonly code = 'invalid_request';
  readonly kind = 'invalid';

  constructor(field: string, rule: string) {
    super(`${rule.charAt(0).toUpperCase()}${rule.slice(1)}.`, { field });
  }
}

/** The client sent an event that this server does not know. */
export class UnknownEventError extends AppError {
  readonly code = 'unknown_event';
  readonly kind = 'not_found';

  constructor() {
    super('There is no such event. See docs/protocol.md for those there are.');
  }
}

/** A refusal of the HTTP server itself, e.g. an unknown route or a body that is no JSON. */
export class TransportError extends AppError {
  readonly kind: ErrorKind = 'invalid';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
