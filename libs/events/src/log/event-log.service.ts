import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import {
  sqlStateOf,
  UserTransactions,
  type Literal,
  type Statement,
  type UserDatabaseSession,
  type UserTransaction,
} from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { withoutOverflow } from './large-payloads.ts';
import { RunEndedError, RunSupersededError } from '../events.errors.ts';
import { toStorable, toStorableUuid } from './postgres-json.ts';
import type { EventData, EventType, ThreadEvent } from '../vocabulary/thread-event.ts';

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

export interface AppendOptions {
  /** Of the claim under which the run is executed; absent for its owner's requests. */
  readonly epoch?: number | undefined;
  /** Statements that go to the database first, in the same round trip. */
  readonly before?: readonly Statement[] | undefined;
}

export interface EventRange {
  readonly threadId: string;
  /** Only this run's events. */
  readonly runId?: string;
  /** Events with a greater sequence. */
  readonly afterSeq: number;
  /** Most events to return. */
  readonly limit: number;
  /** Most bytes of what the events say, as JSON; one event is returned in any case. */
  readonly maxBytes?: number;
}

export interface EventPage {
  readonly events: ThreadEvent[];
  /** Nothing newer was stored when it was read. */
  readonly isLast: boolean;
}

/** The durable log of every thread's events. */
@Injectable()
export class EventLog {
  constructor(private readonly transactions: UserTransactions) {}

  /**
   * Stores a batch in the context's thread and run; its events get the thread's next sequence numbers.
   * @returns the stored events, or an empty list when a batch with this key is stored already
   * @throws RunEndedError, RunSupersededError, ResourceNotFoundError
   */
  async append(
    { send }: Pick<UserTransaction, 'send'>,
    context: UserExecutionContext,
    batch: EventBatch,
    { epoch, before = [] }: AppendOptions = {},
  ): Promise<ThreadEvent[]> {
    const draft = draftOf(context, batch, epoch);
    const rows = await send<AppendRow>(...before, draft.statement).catch(asDomainError);
    return draft.storedAs(rows.at(-1)?.[0]);
  }

  /**
   * The same with several batches, in a transaction of their own and a single round trip.
   * @param also is stored behind them: locks are taken in one order, the thread's, then the audit chain's
   * @returns what became of each batch
   */
  async appendAlone(
    session: Pick<UserDatabaseSession, 'statements'>,
    context: UserExecutionContext,
    batches: readonly EventBatch[],
    epoch?: number,
    also?: Statement,
  ): Promise<ThreadEvent[][]> {
    const drafts = batches.map((batch) => draftOf(context, batch, epoch));
    const statements = drafts.map(({ statement }) => statement);
    const rows = await session
      .statements<AppendRow>(also ? [...statements, also] : statements)
      .catch(asDomainError);
    return drafts.map(({ storedAs }, index) => storedAs(rows[index]?.[0]));
  }

  /**
   * A page of the owner's events in order of sequence, in one round trip: at most `limit`, and no
   * more than fit into `maxBytes`. Empty for a thread that is not the owner's.
   */
  async read(context: UserExecutionContext, range: EventRange): Promise<ThreadEvent[]> {
    return (await this.readPage(context, range)).events;
  }

  /** The same, and whether these are all that are stored now. */
  async readPage(context: UserExecutionContext, range: EventRange): Promise<EventPage> {
    const rows = await this.transactions.statement<EventRow>(context, (literal) =>
      pageStatement(range, literal),
    );
    const candidates = Number(rows[0]?.candidates ?? 0);
    return { events: rows.map(toEvent), isLast: rows.length === candidates && candidates < range.limit };
  }
}

interface AppendRow {
  readonly first_seq: string;
  readonly stored: boolean;
  readonly stored_at: string;
  readonly [column: string]: unknown;
}

/** A batch on its way into the log: the statement that stores it, and the events it then is. */
function draftOf(context: UserExecutionContext, batch: EventBatch, epoch?: number) {
  const drafts = batch.events
    .map((event) => ({ event, ...withoutOverflow(event) }))
    .map(({ event, data, overflow }) => ({
      eventId: randomUUID(),
      type: event.type,
      threadId: toStorableUuid(context.threadId),
      runId: toStorableUuid(context.runId),
      requestId: toStorableUuid(context.requestId),
      ...(context.parentRequestId !== undefined && {
        parentRequestId: toStorableUuid(context.parentRequestId),
      }),
      agentName: batch.agentName,
      operationDepth: context.operationDepth,
      data,
      ...overflow,
    }));
  const { json, value } = toStorable(drafts);
  const statement: Statement = (literal) =>
    `SELECT * FROM bulkhead.append_events(${literal(context.threadId)}, ${literal(context.runId)}, ` +
    `${literal(batch.key)}, ${literal(json)}::jsonb, ${literal(epoch ?? null)})`;
  const storedAs = (row: AppendRow | undefined): ThreadEvent[] => {
    if (!row?.stored) return [];
    const firstSeq = Number(row.first_seq);
    return value.map(
      ({ resultId: _id, content: _content, ...draft }, index) =>
        Object.freeze({ ...draft, seq: firstSeq + index, at: row.stored_at }) as ThreadEvent,
    );
  };
  return { statement, storedAs };
}

/** As the driver reads a row: a bigint comes as text. */
interface EventRow {
  readonly seq: string;
  readonly parentRequestId: string | null;
  readonly at: Date;
  /** JSON. */
  readonly data: string;
  /** Events that could have been on the page if they were small enough. */
  readonly candidates: string;
  /** Bytes of those before it. */
  readonly before: string;
}

const COLUMNS =
  'event_id AS "eventId", seq, type, thread_id AS "threadId", run_id AS "runId", request_id AS "requestId", ' +
  'parent_request_id AS "parentRequestId", agent_name AS "agentName", operation_depth AS "operationDepth", at';

/**
 * The sizes of a page's events are summed up before they are sent: a page is never much larger than asked for. What an
 * event says is made into text once, to be measured and sent.
 */
function pageStatement(range: EventRange, literal: Literal): string {
  const { threadId, runId, afterSeq, limit, maxBytes } = range;
  const thread = `thread_id = ${literal(threadId)}`;
  const among =
    runId === undefined
      ? // A thread's numbers have no holes: said so, no plan can read more of it than the page.
        `seq <= greatest(${literal(afterSeq)}, (SELECT oldest_seq - 1 FROM bulkhead.threads WHERE ${thread})) + ${literal(limit)}`
      : `run_id = ${literal(runId)}`;
  return (
    `SELECT * FROM (` +
    `SELECT *, sum(octet_length(data)) OVER (ORDER BY seq) - octet_length(data) AS before, ` +
    `count(*) OVER () AS candidates FROM (` +
    `SELECT ${COLUMNS}, data::text AS data FROM bulkhead.events ` +
    `WHERE ${thread} AND seq > ${literal(afterSeq)} AND ${among} ` +
    `ORDER BY seq LIMIT ${literal(limit)}) AS candidate) AS page ` +
    `${maxBytes === undefined ? '' : `WHERE before < ${literal(maxBytes)}`} ORDER BY seq`
  );
}

function toEvent(row: EventRow): ThreadEvent {
  const { parentRequestId, seq, at, data, candidates: _count, before: _before, ...rest } = row;
  return Object.freeze({
    ...rest,
    seq: Number(seq),
    ...(parentRequestId !== null && { parentRequestId }),
    at: at.toISOString(),
    data: JSON.parse(data) as unknown,
  }) as ThreadEvent;
}

function asDomainError(error: unknown): never {
  const state = sqlStateOf(error);
  if (state === 'BH404') throw new ResourceNotFoundError('thread');
  if (state === 'BH409') throw new RunEndedError();
  if (state === 'BH410') throw new RunSupersededError();
  throw error;
}
