import { AppError, type ErrorDetails } from '@bulkhead/errors';

export const RUN_TIMEOUT = 'run_timeout';
export const RUN_CANCELLED = 'run_cancelled';
export const RUN_CRASHES_NODE = 'run_crashes_node';

/** No agent has this name. */
export class UnknownAgentError extends AppError {
  readonly code = 'unknown_agent';
  readonly kind = 'invalid';

  constructor() {
    super('There is no agent with this name. List the agents and use one of their names.', {
      field: 'agentName',
    });
  }
}

/** Two agents have one name, or an agent names a tool that does not exist: a defect found at boot. */
export class AgentRegistrationError extends AppError {
  readonly code = 'agent_registration';
  readonly kind = 'internal';
}

/** The run used up one of its limits. */
export class RunLimitError extends AppError {
  readonly code = 'run_limit';
  readonly kind = 'limit_exceeded';

  constructor(what: 'steps' | 'tool calls' | 'delegations', limit: number) {
    super(`The run reached its limit of ${limit} ${what}. Ask for less at once.`, { limit, current: limit });
  }
}

/** The user has as many unfinished runs as may wait. Nothing was stored. */
export class TooManyRunsError extends AppError {
  readonly code = 'too_many_runs';
  readonly kind = 'limit_exceeded';

  constructor(limit: number, current: number) {
    const message = `You have ${current} unfinished runs, and ${limit} may wait at once. Try again when some have ended.`;
    super(message, { limit, current, retryAfterSeconds: 5 });
  }
}

const quotaWords = {
  tokens_per_day: 'tokens of today',
  tokens_per_month: 'tokens of this month',
  cost_per_day: "today's budget",
  cost_per_month: "this month's budget",
} as const;

/** The user has used what may be used within the day or the month. */
export class QuotaExceededError extends AppError {
  readonly code = 'quota_exceeded';
  readonly kind = 'limit_exceeded';

  constructor(
    quota: keyof typeof quotaWords,
    details: Required<Pick<ErrorDetails, 'limit' | 'current' | 'retryAfterSeconds' | 'resetsAt'>>,
  ) {
    const message = `You have used up the ${quotaWords[quota]}. Go on after ${details.resetsAt}, or ask an administrator for more.`;
    super(message, { reason: quota, ...details });
  }
}

/** The run took longer than a run may. */
export class RunTimeoutError extends AppError {
  readonly code = RUN_TIMEOUT;
  readonly kind = 'limit_exceeded';

  constructor(timeoutMs: number) {
    super(
      `The run took longer than ${Math.round(timeoutMs / 1000)} s and was stopped. Ask for less at once.`,
    );
  }
}

/** The process is short of memory, or has more messages to accept than may wait. Nothing was stored. */
export class ServerOverloadedError extends AppError {
  readonly code = 'server_overloaded';
  readonly kind = 'unavailable';

  /** @param limit @param current percent of the heap's limit, or messages that wait */
  constructor(limit: number, current: number, why = 'is short of memory') {
    const message = `The server ${why} and accepts no messages at the moment. Nothing was stored.`;
    super(message, { limit, current, retryAfterSeconds: 5 });
  }
}

/** A run of the thread is unfinished, and the message was not to wait for it. Nothing was stored. */
export class ThreadBusyError extends AppError {
  readonly code = 'thread_busy';
  readonly kind = 'conflict';

  constructor(activeRunId: string) {
    super(
      'A run of this thread is not finished. Wait for it, or send with whenBusy "enqueue" or "interrupt".',
      {
        activeRunId,
      },
    );
  }
}

/** The steps that the run has finished can't be read by any running version of the server. */
export class RunOutdatedError extends AppError {
  readonly code = 'run_outdated';
  readonly kind = 'unavailable';

  constructor() {
    super(
      'The server was upgraded while the run was under way, and can not continue it. Send the message again.',
    );
  }
}

/** What was stored of the run's context can't be opened, now or ever, or could not be for too long. */
export class RunUnreadableError extends AppError {
  readonly code = 'run_unreadable';
  readonly kind = 'unavailable';

  constructor() {
    super('The run could not be executed: what was stored of it can not be read. Send the message again.');
  }
}

/** Node after node was lost while it had the run, and the run finished no step in between. */
export class RunCrashesNodeError extends AppError {
  readonly code = RUN_CRASHES_NODE;
  readonly kind = 'unavailable';

  constructor() {
    super(
      'The run was stopped: the server broke down each time it worked on it. Ask an administrator to look into it.',
    );
  }
}

/** Only a run that ended with `run_crashes_node` is requeued, and only once. Nothing was changed. */
export class RunNotRequeueableError extends AppError {
  readonly code = 'run_not_requeueable';
  readonly kind = 'conflict';

  constructor() {
    super('Only a run that failed with run_crashes_node can be requeued, and only once.');
  }
}

/** The owner may no longer run agents: the account was disabled after the run was accepted. */
export class RunNotPermittedError extends AppError {
  readonly code = 'run_not_permitted';
  readonly kind = 'forbidden';

  constructor() {
    super('This account may not run agents any more. Ask an administrator.');
  }
}

/** The owner asked the run to stop. */
export class RunCancelledError extends AppError {
  readonly code = RUN_CANCELLED;
  readonly kind = 'conflict';

  constructor() {
    super('The run was cancelled.');
  }
}

/** Two running nodes have one id: each would take the other's runs for its own. */
export class NodeIdTakenError extends AppError {
  readonly code = 'node_id_taken';
  readonly kind = 'internal';

  constructor(nodeId: string) {
    super(`Another running node uses NODE_ID "${nodeId}" on this database. Give each node its own.`);
  }
}

const endings = {
  approved: 'was approved',
  refused: 'was refused',
  expired: 'has expired',
  cancelled: 'belongs to a run that has ended',
} as const;

/** It was decided already, has expired, or its run has ended. Nothing was changed. */
export class ApprovalClosedError extends AppError {
  readonly code = 'approval_closed';
  readonly kind = 'conflict';

  constructor(state: keyof typeof endings) {
    super(`This approval can not be decided any more: it ${endings[state]}.`);
  }
}

/** What was approved is not what would be executed. Nothing was changed. */
export class ApprovalChangedError extends AppError {
  readonly code = 'approval_changed';
  readonly kind = 'conflict';

  constructor() {
    super('These are not the arguments of the call. Read the approval again, and send its argumentsHash.', {
      field: 'argumentsHash',
    });
  }
}
