import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { runs, threads } from './conversations.ts';
import { administratorPolicy, authenticatorPolicy, bulkhead, ownerColumn, ownerPolicy } from './ownership.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });
const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);

/** Results of finished steps of unfinished runs, by name: what is here is never executed again. */
export const runSteps = bulkhead.table(
  'run_steps',
  {
    runId: uuid('run_id').notNull(),
    name: text('name').notNull(),
    userId: ownerColumn(),
    /** JSON text: jsonb can't store every string that JSON has. */
    result: text('result').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.name] }),
    foreignKey({
      name: 'run_steps_run_owner',
      columns: [table.runId, table.userId],
      foreignColumns: [runs.runId, runs.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
  ],
);

/** Tool calls that their user is asked about. A decision is bound to the hash of the arguments, and is made once. */
export const approvals = bulkhead.table(
  'approvals',
  {
    approvalId: uuid('approval_id').primaryKey(),
    userId: ownerColumn(),
    threadId: uuid('thread_id').notNull(),
    runId: uuid('run_id').notNull(),
    toolCallId: text('tool_call_id').notNull(),
    agentName: text('agent_name').notNull(),
    toolName: text('tool_name').notNull(),
    /** Canonical JSON text, exactly what the hash is of. */
    arguments: text('arguments').notNull(),
    /** SHA-256 of the arguments' canonical JSON, hexadecimal. */
    argumentsHash: text('arguments_hash').notNull(),
    state: text('state', { enum: ['pending', 'approved', 'refused', 'expired', 'cancelled'] })
      .notNull()
      .default('pending'),
    /** The owner's words about a refusal. */
    reason: text('reason'),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    resolvedAt: instant('resolved_at'),
  },
  (table) => [
    unique('approvals_call').on(table.runId, table.toolCallId),
    index('approvals_newest').on(table.userId, table.createdAt, table.approvalId),
    foreignKey({
      name: 'approvals_run_owner',
      columns: [table.runId, table.userId],
      foreignColumns: [runs.runId, runs.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
  ],
);

/** What each model call used, whatever became of it. */
export const modelCalls = bulkhead.table(
  'model_calls',
  {
    runId: uuid('run_id').notNull(),
    /** Names the attempt, unique within the run. */
    callKey: text('call_key').notNull(),
    userId: ownerColumn(),
    agentName: text('agent_name').notNull(),
    /** Provider and model, e.g. `openai:gpt-4o-mini`. */
    model: text('model').notNull(),
    outcome: text('outcome', { enum: ['completed', 'failed', 'cancelled'] }).notNull(),
    inputTokens: integer('input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    /** The provider didn't tell, so it was counted here. */
    isEstimated: boolean('is_estimated').notNull(),
    /** In billionths of the price table's currency; null: the model has no price. */
    costNano: bigint('cost_nano', { mode: 'bigint' }),
    at: instant('at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.callKey] }),
    foreignKey({
      name: 'model_calls_run_owner',
      columns: [table.runId, table.userId],
      foreignColumns: [runs.runId, runs.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
  ],
);

/** Sums of `model_calls` per UTC day, which outlast the runs. Figures only: the administrator's totals come from here. */
export const usageDays = bulkhead.table(
  'usage_days',
  {
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    day: date('day', { mode: 'string' }).notNull(),
    agentName: text('agent_name').notNull(),
    model: text('model').notNull(),
    modelCalls: count('model_calls'),
    toolCalls: count('tool_calls'),
    inputTokens: count('input_tokens'),
    outputTokens: count('output_tokens'),
    costNano: bigint('cost_nano', { mode: 'bigint' })
      .notNull()
      .default(sql`0`),
    /** Calls among them whose tokens were counted here, and those whose model has no price. */
    estimatedCalls: count('estimated_calls'),
    unpricedCalls: count('unpriced_calls'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.day, table.agentName, table.model] }),
    index('usage_days_day').on(table.day),
    ownerPolicy(),
    authenticatorPolicy(),
    administratorPolicy(),
  ],
);

/** Users whose quotas differ from the configured ones; null: as configured. Days and months are those of UTC. */
export const userQuotas = bulkhead.table(
  'user_quotas',
  {
    userId: ownerColumn()
      .primaryKey()
      .references(() => accounts.userId, { onDelete: 'cascade' }),
    tokensPerDay: bigint('tokens_per_day', { mode: 'number' }),
    tokensPerMonth: bigint('tokens_per_month', { mode: 'number' }),
    /** In billionths of the price table's currency. */
    costNanoPerDay: bigint('cost_nano_per_day', { mode: 'bigint' }),
    costNanoPerMonth: bigint('cost_nano_per_month', { mode: 'bigint' }),
    changedAt: instant('changed_at').notNull().defaultNow(),
  },
  () => [ownerPolicy(), authenticatorPolicy()],
);

/** What the older part of a long thread was about. */
export const threadSummaries = bulkhead.table(
  'thread_summaries',
  {
    threadId: uuid('thread_id').primaryKey(),
    userId: ownerColumn(),
    /** Messages up to this sequence are in it. */
    coversSeq: bigint('covers_seq', { mode: 'number' }).notNull(),
    summary: text('summary').notNull(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      name: 'thread_summaries_thread_owner',
      columns: [table.threadId, table.userId],
      foreignColumns: [threads.threadId, threads.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
  ],
);
