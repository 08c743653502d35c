import type { ProblemDetails } from '@bulkhead/errors';
import type { JsonValue } from '@bulkhead/user-context';

/**
 * How a tool call ended. `refused`: not permitted, or its arguments are not valid; it was not executed. `unknown`: a
 * crash interrupted a call that must not be repeated; it may have acted or not.
 */
export type ToolOutcome = 'succeeded' | 'failed' | 'refused' | 'cancelled' | 'timed_out' | 'unknown';

/**
 * How an answer ended. `stop`: the model was done. The others are no whole answer: `length`, cut off at a token limit;
 * `content_filter`, blocked by the provider; `malformed`, the provider could not read a tool call; `other`, for a reason
 * that the provider names and the server does not know.
 */
export type AnswerEnd = 'stop' | 'length' | 'content_filter' | 'malformed' | 'other';

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * What clients are told, by type. The one vocabulary of delivery: a new event is added here, and the compiler names
 * every place that must know it.
 */
export interface EventData {
  /** A message was accepted; its run waits for its turn. */
  readonly run_queued: { readonly messageId: string; readonly content: string };
  /** A sub-agent's names the supervisor's call of `delegate`. */
  readonly agent_started: { readonly model: string; readonly toolCallId?: string };
  /** A model call begins. `attempt` above 1: drop the text received for this step. */
  readonly agent_thinking: { readonly step: number; readonly attempt: number };
  /** The next piece of the answer's text. */
  readonly message_delta: { readonly step: number; readonly text: string };
  /** Comes before every tool call; exactly one `tool_completed` with the same `toolCallId` follows. */
  readonly tool_executing: {
    readonly toolCallId: string;
    readonly toolName: string;
    readonly arguments: JsonValue;
    /** Names the tool result that holds the arguments, when they are too large: `arguments` is the begin of their JSON. */
    readonly argumentsRef?: string;
  };
  readonly tool_completed: {
    readonly toolCallId: string;
    readonly toolName: string;
    readonly outcome: ToolOutcome;
    /** Present when it succeeded. */
    readonly result?: JsonValue;
    /** Names the tool result that holds it, when it is too large: `result` is the begin of its JSON. */
    readonly resultRef?: string;
    /** Present when it did not. */
    readonly problem?: ProblemDetails;
    readonly durationMs: number;
  };
  readonly approval_requested: {
    readonly approvalId: string;
    readonly toolCallId: string;
    readonly toolName: string;
    /** Exactly those of the call, and not redacted: this is what the owner decides about. */
    readonly arguments: JsonValue;
    readonly argumentsRef?: string;
    /** What an approval is bound to. */
    readonly argumentsHash: string;
    readonly expiresAt: string;
  };
  readonly approval_resolved: {
    readonly approvalId: string;
    readonly toolCallId: string;
    /** `cancelled`: the run ended before. */
    readonly decision: 'approved' | 'refused' | 'expired' | 'cancelled';
    readonly reason?: string;
  };
  /** Terminal: the answer is stored as a message. */
  readonly agent_completed: {
    readonly messageId: string;
    readonly text: string;
    /** Absent in events of versions that did not tell it. */
    readonly finishReason?: AnswerEnd;
    readonly steps: number;
    readonly toolCalls: number;
    readonly usage: TokenUsage;
  };
  /** Terminal. */
  readonly agent_failed: { readonly state: 'failed' | 'timed_out'; readonly problem: ProblemDetails };
  /** Terminal. */
  readonly agent_cancelled: { readonly reason: 'requested' };
}

export type EventType = keyof EventData;
export type TerminalEventType = 'agent_completed' | 'agent_failed' | 'agent_cancelled';

/** The envelope of every event. */
export type EventOf<Type extends EventType> = {
  readonly eventId: string;
  /** Position in the thread: 1, 2, 3 … without holes, in the order of commits. */
  readonly seq: number;
  readonly type: Type;
  readonly threadId: string;
  readonly runId: string;
  /** The unit of work that emitted it. */
  readonly requestId: string;
  readonly parentRequestId?: string;
  readonly agentName: string;
  /** 0 for the run's own agent, more for agents it delegates to. */
  readonly operationDepth: number;
  /** UTC instant, ISO 8601 with milliseconds. */
  readonly at: string;
  readonly data: EventData[Type];
};

/** Any event of a thread, discriminated by `type`. */
export type ThreadEvent = { [Type in EventType]: EventOf<Type> }[EventType];

/** The event types after which a run emits nothing more. */
export const TERMINAL_EVENT_TYPES: ReadonlySet<EventType> = new Set<TerminalEventType>([
  'agent_completed',
  'agent_failed',
  'agent_cancelled',
]);
