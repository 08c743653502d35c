import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { runs } from './conversations.ts';
import { bulkhead, enginePolicy, ownerColumn, ownerPolicy } from './ownership.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** Every unfinished run, from its acceptance to its end: who waits, which node has what, and what it is opened with. */
export const runQueue = bulkhead.table(
  'run_queue',
  {
    runId: uuid('run_id').primaryKey(),
    userId: ownerColumn(),
    threadId: uuid('thread_id').notNull(),
    /** Order of acceptance. */
    position: bigint('position', { mode: 'number' }).generatedAlwaysAsIdentity(),
    /** The first unfinished run of its thread; the others wait for it. */
    isHead: boolean('is_head').notNull(),
    /** How its finished steps are stored; only nodes that read this format may take it. */
    stepFormat: text('step_format').notNull(),
    /** JSON text: the context that accepted it, its session and its agent. Null only where that was lost. */
    job: text('job'),
    /** The node that executes it; null while it waits. */
    nodeId: text('node_id'),
    /** Counts the times it was taken. What an earlier taker still writes is refused. */
    epoch: integer('epoch').notNull().default(0),
    /** Times that a node was lost while it had the run. */
    interruptions: integer('interruptions').notNull().default(0),
    /** Names the claim that took it. */
    claimId: uuid('claim_id'),
    /** Nobody takes it before; `infinity` while it waits for a decision. */
    notBefore: instant('not_before'),
    enqueuedAt: instant('enqueued_at').notNull().defaultNow(),
    claimedAt: instant('claimed_at'),
  },
  (table) => [
    index('run_queue_waiting')
      .on(table.userId, table.position)
      .where(sql`node_id is null and is_head`),
    index('run_queue_taken')
      .on(table.userId)
      .where(sql`node_id is not null`),
    index('run_queue_node')
      .on(table.nodeId)
      .where(sql`node_id is not null`),
    index('run_queue_user').on(table.userId),
    uniqueIndex('run_queue_thread').on(table.threadId, table.position),
    foreignKey({
      name: 'run_queue_run_owner',
      columns: [table.runId, table.userId],
      foreignColumns: [runs.runId, runs.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
    enginePolicy(),
  ],
);

/** Users whose limits differ from the configured ones; null: as configured. */
export const runLimits = bulkhead.table(
  'run_limits',
  {
    userId: ownerColumn()
      .primaryKey()
      .references(() => accounts.userId, { onDelete: 'cascade' }),
    /** Runs at a time, over all nodes. */
    running: integer('running'),
    /** Unfinished runs, running ones included. */
    unfinished: integer('unfinished'),
    changedAt: instant('changed_at').notNull().defaultNow(),
  },
  () => [ownerPolicy(), enginePolicy()],
);

/** Nodes that take runs, and when each was last heard of, by the database's clock. */
export const nodes = bulkhead.table('nodes', {
  nodeId: text('node_id').primaryKey(),
  /** The formats of stored steps that it reads. */
  stepFormats: text('step_formats').array().notNull(),
  startedAt: instant('started_at').notNull().defaultNow(),
  heardAt: instant('heard_at').notNull().defaultNow(),
});

/** Every change of a feature flag, never rewritten: the newest row of a name is its value. */
export const flagChanges = bulkhead.table(
  'flag_changes',
  {
    changeId: bigint('change_id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
    name: text('name').notNull(),
    /** Null: back to the default. */
    value: jsonb('value'),
    reason: text('reason').notNull(),
    changedBy: text('changed_by').notNull(),
    changedAt: instant('changed_at').notNull().defaultNow(),
  },
  (table) => [index('flag_changes_newest').on(table.name, table.changeId)],
);
