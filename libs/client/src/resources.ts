import type { AnswerEnd, EventData } from '@bulkhead/events';
import type { CallOptions } from './abortable.ts';
import type { Problem } from './problem.error.ts';

/** An account, as its owner sees it. */
export interface User {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly string[];
}

export interface Profile extends User {
  readonly permissions: readonly string[];
}

export interface Credentials {
  readonly email: string;
  /** 10 to 128 characters. */
  readonly password: string;
}

export interface NewAccount extends Credentials {
  /** At most 80 characters; by default the part of the email before the `@`. */
  readonly displayName?: string;
}

/** The answer to a sign-up, a sign-in and a refresh. */
export interface SignedIn {
  readonly user: User;
  readonly accessToken: string;
  /** ISO 8601, UTC. */
  readonly accessTokenExpiresAt: string;
  /** Good for one refresh; a second use ends the session. */
  readonly refreshToken: string;
}

export interface Agent {
  readonly name: string;
  readonly description: string;
  readonly tools: readonly string[];
}

/** What a message does while a run of its thread is unfinished: wait for it, be refused, or cancel it. */
export type WhenBusy = 'enqueue' | 'reject' | 'interrupt';

/** What its owner decides about a thread. Null gives a limit up: then the server's alone counts. */
export interface ThreadChoices {
  /** At most 200 characters. */
  readonly title?: string;
  readonly whenBusy?: WhenBusy;
  /** How many of the newest events are kept, if the server keeps that many. */
  readonly keepEvents?: number | null;
  /** For how many days events are kept, if the server keeps them so long. */
  readonly keepEventDays?: number | null;
}

export interface Thread {
  readonly threadId: string;
  readonly title: string;
  /** For messages that don't say it themselves. */
  readonly whenBusy: WhenBusy;
  /** How many of the newest events are kept, and for how many days, if the thread has limits of its own. */
  readonly keepEvents?: number;
  readonly keepEventDays?: number;
  /** Sequence of the newest event; 0 when there is none. */
  readonly lastSeq: number;
  /** Sequence of the oldest event that is stored. */
  readonly oldestSeq: number;
  readonly createdAt: string;
}

export interface Message {
  readonly messageId: string;
  readonly runId: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  /** How an answer ended; other than `stop`: it is no whole answer. Absent for the user's messages. */
  readonly finishReason?: AnswerEnd;
  /** Sequence of the event that announced it. */
  readonly seq: number;
  readonly createdAt: string;
}

/** What a message is accepted with: from here on, its run will come to an end. */
export interface AcceptedRun {
  readonly threadId: string;
  readonly runId: string;
  readonly messageId: string;
  /** Sequence of the run's first event. */
  readonly seq: number;
}

export type RunState = 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled' | 'timed_out';

export interface Run {
  readonly runId: string;
  readonly threadId: string;
  readonly agentName: string;
  readonly state: RunState;
  /** Model calls. */
  readonly steps: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** A decimal number in the server's currency; absent when its models have no price. */
  readonly cost?: string;
  /** Why it failed. */
  readonly error?: Problem;
  /** How its answer ended; other than `stop`: it is no whole answer. Absent unless it completed. */
  readonly finishReason?: AnswerEnd;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Time until it was started, or ended without, in milliseconds. */
  readonly queueMs?: number;
  /** Time from start to end in milliseconds, with what its owner took to decide. */
  readonly runMs?: number;
}

/** A tool call that its owner is, or was, asked about. */
export interface Approval {
  readonly approvalId: string;
  readonly threadId: string;
  readonly runId: string;
  readonly agentName: string;
  readonly toolCallId: string;
  readonly toolName: string;
  /** Exactly those of the call. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What an approval is bound to. */
  readonly argumentsHash: string;
  readonly state: 'pending' | 'approved' | 'refused' | 'expired' | 'cancelled';
  readonly reason?: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly resolvedAt?: string;
}

export type ApprovalDecision =
  /** `argumentsHash`: of the arguments that the user has seen. */
  | { readonly decision: 'approve'; readonly argumentsHash: string }
  /** `reason`: for the agent, at most 1,000 characters. */
  | { readonly decision: 'refuse'; readonly reason?: string };

/** Part of a list, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Give it back as `cursor` for the next part; absent on the last. */
  readonly nextCursor?: string;
}

export interface PageOptions extends CallOptions {
  /** 1 to 200; by default 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface ThreadListOptions extends PageOptions {
  /** Only threads whose title contains this, capitals or not. */
  readonly q?: string;
}

export interface RunListOptions extends PageOptions {
  readonly threadId?: string;
  readonly state?: RunState;
}

export interface SequenceOptions extends CallOptions {
  /** Only what has a greater sequence; by default everything that is stored. */
  readonly after?: number;
  /** 1 to 200; by default 200. */
  readonly limit?: number;
}

/** How far a thread's events have come, over all clients of its owner. */
export interface ThreadDelivery {
  readonly threadId: string;
  readonly oldestSeq: number;
  readonly latestSeq: number;
  readonly deliveredSeq: number;
  readonly deliveredAt?: string;
  readonly ackedSeq: number;
  readonly ackedAt?: string;
  /** Events that are not acknowledged. */
  readonly lagEvents: number;
  /** Age of the oldest of them, in milliseconds. */
  readonly lagMs: number;
}

/** What was too large for an event. */
export interface ToolResult {
  readonly resultId: string;
  readonly threadId: string;
  readonly runId: string;
  /** Sequence of the event that names it. */
  readonly seq: number;
  /** Any JSON value. */
  readonly content: EventData['tool_executing']['arguments'];
}

/** A CSV that agents can ask about in SQL. */
export interface Table {
  readonly tableId: string;
  /** As SQL names it. */
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** Size of the CSV that it came from. */
  readonly byteCount: number;
  readonly createdAt: string;
}

export interface TableColumn {
  /** As SQL names it. */
  readonly name: string;
  /** As the file names it. */
  readonly header: string;
  readonly type: 'integer' | 'numeric' | 'timestamp' | 'boolean' | 'text';
  /** What was done with its cells that needs saying, e.g. units, placeholders, why it is text. */
  readonly notes?: readonly string[];
}

export interface NewTable {
  /** A lower-case letter, then letters, digits or underscores; at most 63 characters. */
  readonly name: string;
  /** With a header. */
  readonly csv: string | Blob;
  /** By default the one that the file shows. */
  readonly delimiter?: 'comma' | 'semicolon' | 'tab' | 'pipe';
  /** For numbers that can be read both ways, such as 1,234; by default as the file shows. */
  readonly decimal?: 'point' | 'comma';
  /** For dates that can be read both ways, such as 1/2/2026; by default as the file shows. */
  readonly dateOrder?: 'day-first' | 'month-first';
}

/** What the server has written down about an account. */
export interface AuditEntry {
  readonly userId: string;
  readonly seq: number;
  readonly auditId: string;
  readonly at: string;
  /** E.g. `run.accepted`. */
  readonly action: string;
  readonly trail: unknown;
  readonly details: unknown;
}
