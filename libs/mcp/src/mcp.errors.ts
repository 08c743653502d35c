import { AppError } from '@bulkhead/errors';

/** The server of an external tool can't be reached, went away, did not answer in time, or has too many sessions. */
export class McpUnavailableError extends AppError {
  readonly code = 'mcp_unavailable';
  readonly kind = 'unavailable';

  constructor(server: string, cause?: unknown) {
    super(`The server "${server}" of this tool does not answer. Try again later, or go on without it.`, {
      ...(cause !== undefined && { cause }),
      retryAfterSeconds: 5,
    });
  }
}

/** The external tool answered that it failed. What it says is information, bounded, from outside. */
export class McpToolFailedError extends AppError {
  readonly code = 'mcp_tool_failed';
  readonly kind = 'unavailable';

  constructor(reason: string) {
    super(`The external tool failed. It says: ${reason}`);
  }
}
