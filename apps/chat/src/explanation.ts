import { ConnectionError, ProblemError } from '@bulkhead/client';
import { UsageError } from './chat-options.ts';

/** What went wrong, for the person at the terminal. */
export function explain(error: unknown): string {
  if (error instanceof ProblemError) {
    const { detail, code, requestId } = error.problem;
    return `${detail} (${code}${requestId === undefined ? '' : `, request ${requestId}`})`;
  }
  if (error instanceof ConnectionError) return error.message;
  if (error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What to do when the chat could not even begin. */
export function adviceFor(error: unknown): string | undefined {
  if (error instanceof ConnectionError) return 'Start a server with `npm start`, or name another with --url.';
  if (error instanceof UsageError) return '--help lists the options.';
  return undefined;
}
