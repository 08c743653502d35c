import { AppError, type ErrorDetails, type ErrorKind } from './app-error.ts';

/**
 * Problem details, the one error body of every transport.
 * Source: RFC 9457, with the extension members `code` and those of `ErrorDetails`.
 */
export interface ProblemDetails extends ErrorDetails {
  /** Stable identifier of the kind of problem, and where the server explains it: `/problems/<code>`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const meanings: Readonly<Record<ErrorKind, readonly [status: number, title: string]>> = {
  invalid: [400, 'The request is not valid'],
  unauthenticated: [401, 'Sign in first'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'Not found'],
  conflict: [409, 'Conflicts with the current state'],
  mismatch: [422, 'Does not fit what was asked before'],
  limit_exceeded: [429, 'A limit is reached'],
  unavailable: [503, 'Temporarily unavailable'],
  upstream: [502, 'Another server did not do its part'],
  internal: [500, 'Internal error'],
};

/** The problem for any thrown value. What is not an `AppError`, or is internal, tells the caller nothing. */
export function toProblemDetails(error: unknown): ProblemDetails {
  if (error instanceof AppError && error.kind !== 'internal') {
    const [status, title] = meanings[error.kind];
    return problem(error.code, status, title, error.message, error.details);
  }
  const [status, title] = meanings.internal;
  const detail = 'Something went wrong on our side. Try again; if it stays, give the request id to support.';
  return problem('internal_error', status, title, detail);
}

function problem(
  code: string,
  status: number,
  title: string,
  detail: string,
  details: ErrorDetails = {},
): ProblemDetails {
  return { type: `/problems/${code}`, title, status, code, detail, ...details };
}
