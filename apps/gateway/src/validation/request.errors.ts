import { AppError, type ErrorKind } from '@bulkhead/errors';

/** A field and the rule that it breaks, without a full stop. */
export interface FieldError {
  readonly field: string;
  readonly rule: string;
}

/** A body, query, path or frame is not as it must be. Names the field; never repeats the value. */
export class InvalidRequestError extends AppError {
  readonly code = 'invalid_request';
  readonly kind = 'invalid';

  /** @param others further fields that break a rule: the message names them, `field` is the first */
  constructor(field: string, rule: string, others: readonly FieldError[] = []) {
    super([rule, ...others.map((other) => other.rule)].map(sentence).join(' '), { field });
  }
}

const sentence = (rule: string): string => `${rule.charAt(0).toUpperCase()}${rule.slice(1)}.`;

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
    /** Of the type: the same for each problem with this code. */
    readonly title: string,
    message: string,
  ) {
    super(message);
  }
}
