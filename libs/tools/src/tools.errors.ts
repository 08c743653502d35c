import { AppError } from '@bulkhead/errors';

/** The user or the agent may not use the tool, or there is no such tool: a model can't find out which. */
export class ToolNotPermittedError extends AppError {
  readonly code = 'tool_not_permitted';
  readonly kind = 'forbidden';

  constructor() {
    super('This tool is not available here. Use one of the tools on offer.');
  }
}

export class InvalidToolArgumentsError extends AppError {
  readonly code = 'invalid_tool_arguments';
  readonly kind = 'invalid';

  constructor(field: string, rule: string) {
    super(`${field} ${rule}. Call the tool again with arguments that match its schema.`, { field });
  }
}

/** The tool itself refuses what it was asked, with a reason the agent may read. */
export class ToolRefusalError extends AppError {
  readonly code = 'tool_refused';
  readonly kind = 'invalid';
}

export class ToolTimeoutError extends AppError {
  readonly code = 'tool_timeout';
  readonly kind = 'unavailable';

  constructor(timeoutMs: number) {
    super(`The tool did not answer within ${timeoutMs} ms. Try again, or ask for less.`, {
      limit: timeoutMs,
    });
  }
}

export class ToolResultTooLargeError extends AppError {
  readonly code = 'tool_result_too_large';
  readonly kind = 'limit_exceeded';

  constructor(limit: number, current: number) {
    super(`The tool's result is larger than ${limit} bytes. Ask for less at once.`, { limit, current });
  }
}

/** The user made as many calls within a minute as one may, over all nodes. */
export class ToolRateError extends AppError {
  readonly code = 'tool_rate_limited';
  readonly kind = 'limit_exceeded';

  constructor(limit: number, retryAfterSeconds: number) {
    super(`More than ${limit} tool calls of this user within a minute. Go on later, with fewer.`, {
      limit,
      retryAfterSeconds,
    });
  }
}

/** As many calls of the user are under way as one may have, and none of them ended in time. */
export class ToolBusyError extends AppError {
  readonly code = 'tool_busy';
  readonly kind = 'unavailable';

  constructor(limit: number) {
    super(`${limit} tool calls of this user are under way. Wait for some to end.`, { limit });
  }
}

/** Two tools have one name, or a tool's schema is no schema: a defect found at boot. */
export class ToolRegistrationError extends AppError {
  readonly code = 'tool_registration';
  readonly kind = 'internal';
}

/** A tool whose action can't be repeated was interrupted by a crash: whether it has acted is not known. */
export class ToolOutcomeUnknownError extends AppError {
  readonly code = 'tool_outcome_unknown';
  readonly kind = 'conflict';

  constructor() {
    super('The server stopped during this call. It may have acted or not: look before you repeat it.');
  }
}

/** The tool needs the owner's approval of exactly these arguments, and there is none. */
export class ApprovalMissingError extends AppError {
  readonly code = 'approval_required';
  readonly kind = 'forbidden';

  constructor() {
    super('This call needs the approval of the user for exactly these arguments.');
  }
}

/** The owner said no, or nothing in time. */
export class ApprovalRefusedError extends AppError {
  readonly code: 'approval_refused' | 'approval_expired';
  readonly kind = 'forbidden';

  constructor(decision: 'refused' | 'expired', reason = '') {
    const what = decision === 'refused' ? 'The user refused this call' : 'The user did not decide in time';
    super(`${what}${reason && `: ${reason}`}. Do not repeat it unless the user asks for it again.`);
    this.code = `approval_${decision}`;
  }
}
