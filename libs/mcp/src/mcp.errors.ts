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

/** The server no longer knows the session, and has run nothing: another session may ask again. */
export class McpSessionLostError extends McpUnavailableError {}

/** The server answered that it does not make this call, and why: mostly arguments that it does not take. */
export class McpCallRefusedError extends AppError {
  readonly code = 'mcp_call_refused';
  readonly kind = 'invalid';

  /** @param isAboutSession the session may be no longer good, though nobody knows whether the call was run */
  constructor(
    server: string,
    reason: string,
    readonly isAboutSession = false,
  ) {
    super(`The server "${server}" of this tool refuses the call. It says: ${reason}`);
  }
}

/** What the server says of the tool is no longer what its operator accepted. */
export class McpToolChangedError extends AppError {
  readonly code = 'mcp_tool_changed';
  readonly kind = 'forbidden';

  constructor() {
    super('This external tool has changed and waits for the operator of this server. Go on without it.');
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
