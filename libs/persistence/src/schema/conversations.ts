import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import {
  administratorPolicy,
  bulkhead,
  ownerColumn,
  ownerPolicy,
  prunedPolicy,
  prunerPolicy,
  prunerUpdatePolicy,
} from './ownership.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** Conversations. Of a thread's events, those from `oldestSeq` to `lastSeq` are stored. */
export const threads = bulkhead.table(
  'threads',
  {
    threadId: uuid('thread_id').primaryKey(),
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    title: text('title').notNull().default(''),
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    oldestSeq: bigint('oldest_seq', { mode: 'number' }).notNull().default(1),
    /** What a message does while a run of the thread is unfinished, unless it says so itself. */
    whenBusy: text('when_busy', { enum: ['enqueue', 'reject', 'interrupt'] })
      .notNull()
      .default('enqueue'),
    /** The newest events that are kept; null: as many as the server keeps. */
    keepEvents: bigint('keep_events', { mode: 'number' }),
    /** For how many days; null: as long as the server keeps them. */
    keepEventDays: integer('keep_event_days'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    // The target of composite foreign keys: a row can't hang on another user's thread.
    unique('threads_owner').on(table.threadId, table.userId),
    index('threads_newest').on(table.userId, table.createdAt, table.threadId),
    index('threads_own_retention')
      .on(table.threadId)
      .where(sql`keep_events is not null or keep_event_days is not null`),
    ownerPolicy(),
    prunerPolicy('select'),
    prunerUpdatePolicy(),
  ],
);

/** One execution of an agent, from its acceptance to its terminal state. */
export const runs = bulkhead.table(
  'runs',
  {
    runId: uuid('run_id').primaryKey(),
    userId: ownerColumn(),
    threadId: uuid('thread_id').notNull(),
    agentName: text('agent_name').notNull(),
    state: text('state').notNull(),
    /** The claim that executes it: whoever had it before writes nothing any more. */
    epoch: integer('epoch').notNull().default(0),
    cancelRequestedAt: instant('cancel_requested_at'),
    /** Finished steps, and interruptions so far, when it was last seen to have got on. */
    progressSteps: integer('progress_steps').notNull().default(0),
    progressInterruptions: integer('progress_interruptions').notNull().default(0),
    /** The session that accepted it; null for runs of versions that did not store it. */
    sessionId: uuid('session_id'),
    /** The run that an administrator had its message answered by instead. */
    requeuedAs: uuid('requeued_as'),
    /** Problem details of a run that failed. */
    error: jsonb('error'),
    /** How its answer ended, where it was not whole; null: it was, or there is none. */
    finishReason: text('finish_reason'),
    steps: integer('steps').notNull().default(0),
    toolCalls: integer('tool_calls').notNull().default(0),
    inputTokens: integer('input_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    /** In billionths of the price table's currency; null: nothing in it has a price. */
    costNano: bigint('cost_nano', { mode: 'bigint' }),
    /** Where its trace continues from, on whichever node; null: it is not traced. Source: W3C Trace Context. */
    traceparent: text('traceparent'),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    unique('runs_owner').on(table.runId, table.userId),
    index('runs_newest').on(table.userId, table.createdAt, table.runId),
    index('runs_thread').on(table.threadId),
    index('runs_all_newest').on(table.createdAt, table.runId),
    index('runs_unfinished')
      .on(table.userId)
      .where(sql`state in ('queued', 'running', 'waiting')`),
    foreignKey({
      name: 'runs_thread_owner',
      columns: [table.threadId, table.userId],
      foreignColumns: [threads.threadId, threads.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
    administratorPolicy(),
    prunerPolicy('select'),
  ],
);

/** What was said: the user's messages and the agents' answers, in order of `seq`. */
export const messages = bulkhead.table(
  'messages',
  {
    messageId: uuid('message_id').primaryKey(),
    userId: ownerColumn(),
    threadId: uuid('thread_id').notNull(),
    runId: uuid('run_id').notNull(),
    /** The sequence of the event that announced it, so messages and events of a thread have one order. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    role: text('role', { enum: ['user', 'assistant'] }).notNull(),
    content: text('content').notNull(),
    /** Estimated when it was stored; null in older rows. */
    tokens: integer('tokens'),
    /** How an answer ended; null for the user's messages, and in older rows. */
    finishReason: text('finish_reason'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('messages_thread').on(table.threadId, table.seq),
    unique('messages_run_role').on(table.runId, table.role),
    foreignKey({
      name: 'messages_thread_owner',
      columns: [table.threadId, table.userId],
      foreignColumns: [threads.threadId, threads.userId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'messages_run_owner',
      columns: [table.runId, table.userId],
      foreignColumns: [runs.runId, runs.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
  ],
);

/** The event log. `seq` has no holes within a thread, and its order is the commit order. */
export const events = bulkhead.table(
  'events',
  {
    threadId: uuid('thread_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    userId: ownerColumn(),
    eventId: uuid('event_id').notNull(),
    type: text('type').notNull(),
    runId: uuid('run_id').notNull(),
    requestId: uuid('request_id').notNull(),
    parentRequestId: uuid('parent_request_id'),
    agentName: text('agent_name').notNull(),
    operationDepth: integer('operation_depth').notNull(),
    at: instant('at').notNull(),
    data: jsonb('data').notNull(),
    /** Names the batch this event came in, unique within its run: a batch is stored once, however often it is sent. */
    batchKey: text('batch_key').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.threadId, table.seq] }),
    index('events_batch').on(table.runId, table.batchKey),
    foreignKey({
      name: 'events_run_owner',
      columns: [table.runId, table.userId],
      foreignColumns: [runs.runId, runs.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
    prunerPolicy('select'),
    prunedPolicy('events'),
  ],
);

/** What tools were given or gave back, where it is too large for an event: the event names it and shows its begin. */
export const toolResults = bulkhead.table(
  'tool_results',
  {
    resultId: uuid('result_id').primaryKey(),
    userId: ownerColumn(),
    threadId: uuid('thread_id').notNull(),
    runId: uuid('run_id').notNull(),
    /** The event that names it; pruned with it. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    content: jsonb('content').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('tool_results_event').on(table.threadId, table.seq),
    index('tool_results_run').on(table.runId),
    foreignKey({
      name: 'tool_results_run_owner',
      columns: [table.runId, table.userId],
      foreignColumns: [runs.runId, runs.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
    prunerPolicy('select'),
    prunedPolicy('tool_results'),
  ],
);

/** How far the owner's clients were sent a thread's events, and how far they have confirmed them; cumulative. */
export const acknowledgements = bulkhead.table(
  'acknowledgements',
  {
    threadId: uuid('thread_id').primaryKey(),
    userId: ownerColumn(),
    ackedSeq: bigint('acked_seq', { mode: 'number' }).notNull().default(0),
    /** Of the newest confirmation; when the row was made if there was none yet. */
    ackedAt: instant('acked_at').notNull().defaultNow(),
    deliveredSeq: bigint('delivered_seq', { mode: 'number' }).notNull().default(0),
    deliveredAt: instant('delivered_at').notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      name: 'acknowledgements_thread_owner',
      columns: [table.threadId, table.userId],
      foreignColumns: [threads.threadId, threads.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
  ],
);

/** The notes tool's notes. */
export const notes = bulkhead.table(
  'notes',
  {
    noteId: uuid('note_id').primaryKey(),
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    text: text('text').notNull(),
    /** Repeating a call with the same key adds nothing. */
    idempotencyKey: text('idempotency_key').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('notes_idempotency').on(table.userId, table.idempotencyKey),
    index('notes_newest').on(table.userId, table.createdAt),
    ownerPolicy(),
  ],
);
