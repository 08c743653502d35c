import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import {
  events,
  sqlStateOf,
  UserTransactions,
  type Statement,
  type UserDatabaseSession,
  type UserTransaction,
} from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import pg from 'pg';
import { RunEndedError } from './events.errors.ts';
import { toStorable, toStorableUuid } from './storable.ts';
import type { EventData, EventType, ThreadEvent } from './thread-event.ts';

/** An event as its emitter knows it; the log adds id, sequence and time. */
export type NewEvent = {
  [Type in EventType]: { readonly type: Type; readonly data: EventData[Type] };
}[EventType];

/** Events stored together, once: a second batch with the same key in the same run is dropped. */
export interface EventBatch {
  readonly agentName: string;
  readonly key: string;
  readonly events: readonly NewEvent[];
}

export interface EventRange {
  readonly threadId: string;
  /** Only this run's events. */
  readonly runId?: string;
  /** Events with a greater sequence. */
  readonly afterSeq: number;
  /** Most events to return. */
  readonly limit: number;
}

/** The durable log of every thread's events. */
@Injectable()
export class EventLog {
  constructor(private readonly transactions: UserTransactions) {}

  /**
   * Stores a batch in the context's thread and run; its events get the thread's next sequence numbers.
   * @returns the stored events, or an empty list when a batch with this key is stored already
   * @throws RunEndedError, ResourceNotFoundError
   */
  async append(
    { db }: Pick<UserTransaction, 'db'>,
    context: UserExecutionContext,
    batch: EventBatch,
  ): Promise<ThreadEvent[]> {
    const draft = draftOf(context, batch);
    const { rows } = await db
      .execute<AppendRow>(sql.raw(draft.statement(pg.escapeLiteral)))
      .catch(asDomainError);
    return draft.storedAs(rows[0]);
  }

  /** The same in a transaction of its own and a single round trip. */
  async appendAlone(
    session: Pick<UserDatabaseSession, 'statement'>,
    context: UserExecutionContext,
    batch: EventBatch,
  ): Promise<ThreadEvent[]> {
    const draft = draftOf(context, batch);
    const rows = await session.statement<AppendRow>(draft.statement).catch(asDomainError);
    return draft.storedAs(rows[0]);
  }

  /** A page of the owner's events in order of sequence. Empty for a thread that is not the owner's. */
  read(context: UserExecutionContext, range: EventRange): Promise<ThreadEvent[]> {
    return this.transactions.run(context, async ({ db }) => {
      const rows = await db
        .select()
        .from(events)
        .where(
          and(
            eq(events.threadId, range.threadId),
            gt(events.seq, range.afterSeq),
            range.runId === undefined ? undefined : eq(events.runId, range.runId),
          ),
        )
        .orderBy(asc(events.seq))
        .limit(range.limit);
      return rows.map(toEvent);
    });
  }
}

interface AppendRow {
  readonly first_seq: string;
  readonly stored: boolean;
  readonly stored_at: string;
  readonly [column: string]: unknown;
}

/** A batch on its way into the log: the statement that stores it, and the events it then is. */
function draftOf(context: UserExecutionContext, batch: EventBatch) {
  const drafts = batch.events.map(({ type, data }) => ({
    eventId: randomUUID(),
    type,
    threadId: toStorableUuid(context.threadId),
    runId: toStorableUuid(context.runId),
    requestId: toStorableUuid(context.requestId),
    ...(context.parentRequestId !== undefined && {
      parentRequestId: toStorableUuid(context.parentRequestId),
    }),
    agentName: batch.agentName,
    operationDepth: context.operationDepth,
    data,
  }));
  const { json, value } = toStorable(drafts);
  const statement: Statement = (literal) =>
    `SELECT * FROM bulkhead.append_events(${literal(context.threadId)}, ${literal(context.runId)}, ` +
    `${literal(batch.key)}, ${literal(json)}::jsonb)`;
  const storedAs = (row: AppendRow | undefined): ThreadEvent[] => {
    if (!row?.stored) return [];
    const firstSeq = Number(row.first_seq);
    return value.map(
      (draft, index) => Object.freeze({ ...draft, seq: firstSeq + index, at: row.stored_at }) as ThreadEvent,
    );
  };
  return { statement, storedAs };
}

function toEvent(row: typeof events.$inferSelect): ThreadEvent {
  const { userId: _owner, batchKey: _key, parentRequestId, at, ...rest } = row;
  return Object.freeze({
    ...rest,
    ...(parentRequestId !== null && { parentRequestId }),
    at: at.toISOString(),
  }) as ThreadEvent;
}

function asDomainError(error: unknown): never {
  const state = sqlStateOf(error);
  if (state === 'BH404') throw new ResourceNotFoundError('thread');
  if (state === 'BH409') throw new RunEndedError();
  throw error;
}
