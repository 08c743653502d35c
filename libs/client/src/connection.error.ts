import type { ClosingReason } from '@bulkhead/events';

/** The server did not answer, or the connection broke before it did. Trying again may help. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Why the server closed the connection, when it has said so. */
  readonly reason?: ClosingReason;

  constructor(message: string, { reason, cause }: { reason?: ClosingReason; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    if (reason !== undefined) this.reason = reason;
  }
}
