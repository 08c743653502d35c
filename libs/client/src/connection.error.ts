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

/** Why there may be no answer. A browser hides which: to a page of another origin, a refusal looks like no server. */
export function noAnswerFrom(baseUrl: string): string {
  const page = (globalThis as { readonly location?: { readonly origin?: string } }).location?.origin;
  if (page === undefined || !URL.canParse(baseUrl) || new URL(baseUrl).origin === page)
    return `No server answers at ${baseUrl}.`;
  return `No server answers at ${baseUrl}, or it does not let in pages of ${page}: its ALLOWED_ORIGINS must name them.`;
}
