import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { DatabaseUnavailableError, UserTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { EventInbox } from './event-inbox.ts';
import { EventLog, type EventPage, type EventRange } from './event-log.service.ts';
import { EventRouter } from './event-router.service.ts';
import { ResyncRequiredError } from './events.errors.ts';
import { Turnstile } from './turnstile.ts';
import type { ThreadEvent } from './thread-event.ts';
import type { StoredRange } from './wire-events.ts';

/** Most events per read of the log; the first read asks for few, and each that was not cut short for more. */
const PAGE = 500;
const FIRST_PAGE = 32;
/** Bytes of what events say per read of the log: what a reader holds while its consumer is busy, and what keeps others waiting. */
const PAGE_BYTES = 128 * 1024;
/** Reads of the log at the same time: a thousand clients that come back at once must leave room for everybody else. */
const CONCURRENT_READS = 8;
/** Pause between tries while the database is away, in milliseconds; up to twice that, so that not all come at once. */
const RETRY_MS = 500;

export interface ReadOptions {
  readonly threadId: string;
  /** The last sequence the client has; 0 for all events. */
  readonly afterSeq: number;
  readonly signal: AbortSignal;
}

/** A place in a thread that a client wants to continue from. */
export interface Cursor {
  /** Whose field it came in, for the refusal. */
  readonly field: string;
  /** The last sequence the client has; 0 for none, NaN for what is no sequence at all. */
  readonly afterSeq: number;
}

/** Reads a thread from a cursor on: first what is stored, then what comes, through one reader without a seam. */
@Injectable()
export class ThreadReader {
  readonly #reads = new Turnstile(CONCURRENT_READS);

  constructor(
    private readonly transactions: UserTransactions,
    private readonly log: EventLog,
    private readonly router: EventRouter,
  ) {}

  /**
   * Verifies ownership, and the cursor when one is given.
   * @returns what is stored of the thread's events
   * @throws ResourceNotFoundError for a foreign and an absent thread alike, ResyncRequiredError
   */
  async verify(context: UserExecutionContext, threadId: string, cursor?: Cursor): Promise<StoredRange> {
    const [row] = await this.transactions.statement<{ oldest_seq: string; last_seq: string }>(
      context,
      (literal) => `SELECT oldest_seq, last_seq FROM bulkhead.threads WHERE thread_id = ${literal(threadId)}`,
    );
    if (!row) throw new ResourceNotFoundError('thread');
    const range = { oldestSeq: Number(row.oldest_seq), latestSeq: Number(row.last_seq) };
    if (cursor) assertReadable(cursor, range);
    return range;
  }

  /**
   * Batches of events in order, without gaps or repeats, until the signal aborts. Verify the thread first.
   * @throws ResyncRequiredError when the next event was pruned before it could be read
   */
  async *read(context: UserExecutionContext, options: ReadOptions): AsyncGenerator<readonly ThreadEvent[]> {
    const { threadId, signal } = options;
    const inbox = new EventInbox();
    // Listening before the first read: what commits in between waits in the inbox.
    const unsubscribe = this.router.subscribe(context, threadId, (news) => inbox.add(news));
    // At once, also when the consumer never asks for another batch.
    const stop = (): void => {
      unsubscribe();
      inbox.wake();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      let cursor = options.afterSeq;
      let [upToDate, limit] = [false, FIRST_PAGE];
      while (!signal.aborted) {
        if (upToDate) {
          const live = inbox.takeFrom(cursor + 1);
          if (live === 'gap') upToDate = false;
          else if (live.length === 0) await inbox.untilMore();
          else {
            cursor = live.at(-1)?.seq ?? cursor;
            yield live;
          }
          continue;
        }
        const { events, isLast } = await this.#readLog(
          context,
          { threadId, afterSeq: cursor, limit, maxBytes: PAGE_BYTES },
          signal,
        );
        // Large events: the database measures each that it is asked for, also those that do not fit.
        const isCut = !isLast && events.length < limit;
        limit = isCut ? 2 * Math.max(1, events.length) : Math.min(PAGE, 4 * limit);
        // Reading takes time: whoever stopped meanwhile gets no more.
        if (signal.aborted) return;
        upToDate = isLast;
        const [first] = events;
        if (!first) continue;
        // The log has no holes: what is missing before the first was pruned.
        if (first.seq !== cursor + 1)
          await this.verify(context, threadId, { field: 'afterSeq', afterSeq: cursor });
        cursor = events.at(-1)?.seq ?? cursor;
        yield events;
      }
    } finally {
      unsubscribe();
      signal.removeEventListener('abort', stop);
    }
  }

  /** A page of the log, however long the database is away meanwhile; empty once the signal has aborted. */
  async #readLog(context: UserExecutionContext, range: EventRange, signal: AbortSignal): Promise<EventPage> {
    while (!signal.aborted) {
      try {
        return await this.#reads.run(async () =>
          signal.aborted ? nothing : this.log.readPage(context, range),
        );
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
        await delay(RETRY_MS * (1 + Math.random()), undefined, { signal }).catch(() => undefined);
      }
    }
    return nothing;
  }
}

const nothing: EventPage = { events: [], isLast: false };

function assertReadable({ field, afterSeq }: Cursor, range: StoredRange): void {
  if (Number.isNaN(afterSeq)) throw new ResyncRequiredError(field, 'unknown_cursor', range);
  if (afterSeq > range.latestSeq) throw new ResyncRequiredError(field, 'future_cursor', range);
  if (afterSeq < range.oldestSeq - 1) throw new ResyncRequiredError(field, 'pruned_cursor', range);
}
