/**
 * What an error means to a caller. Each transport maps it to its own status
 * (see `toProblemDetails` for HTTP and Socket.IO acknowledgements).
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'mismatch'
  | 'limit_exceeded'
  | 'unavailable'
  | 'upstream'
  | 'internal';

/** Facts a caller may act on. Never carries a rejected value, a secret or another user's data. */
export interface ErrorDetails {
  /** Path of the offending input, as the caller wrote it, e.g. `content` or `agentContext.tags[2]`. */
  readonly field?: string;
  /** Whole seconds to wait before trying again. */
  readonly retryAfterSeconds?: number;
  /** When the limit begins anew: ISO 8601, UTC. */
  readonly resetsAt?: string;
  /** The limit that was reached. */
  readonly limit?: number;
  /** How much of the limit is in use. */
  readonly current?: number;
  /** Which of a code's cases it is, snake_case, e.g. `pruned_cursor`. */
  readonly reason?: string;
  /** The oldest sequence of a thread that is stored. */
  readonly oldestSeq?: number;
  /** The newest sequence of a thread. */
  readonly latestSeq?: number;
  /** The caller's own run that is in the way. */
  readonly activeRunId?: string;
}

export interface AppErrorOptions extends ErrorDetails {
  readonly cause?: unknown;
}

/**
 * Base of every error this system throws on purpose.
 *
 * `code` is stable, snake_case and part of the public contract; `message` says
 * what happened and what to do, and is safe to show to the caller unless `kind`
 * is `internal`.
 */
export abstract class AppError extends Error {
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  readonly details: ErrorDetails;

  constructor(message: string, { cause, ...details }: AppErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.details = Object.freeze(details);
  }
}
