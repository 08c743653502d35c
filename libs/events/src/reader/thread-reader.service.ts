import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { DatabaseUnavailableError, UserTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { EventInbox } from '../fanout/event-inbox.ts';
import { EventLog, type EventPage, type EventRange } from '../log/event-log.service.ts';
import { EventRouter } from '../fanout/event-router.service.ts';
import { ResyncRequiredError } from '../events.errors.ts';
import { Semaphore } from './semaphore.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import type { StoredRange } from '../vocabulary/control-events.ts';

/** A page of the log: most events, and most bytes of what they say; one event is on it in any case. */
interface PageSize {
  readonly limit: number;
  readonly maxBytes: number;
}

/** What a reader asks for first: enough for one that has missed little, and soon done. */
const FIRST_PAGE: PageSize = { limit: 8, maxBytes: 64 * 1024 };
/** What one that has missed much asks for at most: it holds as much while its consumer is busy. */
const LARGEST_PAGE: PageSize = { limit: 500, maxBytes: 128 * 1024 };
/** Looks of live readers that are made at the same time; most find nothing, and are soon done. */
const LOOKS_AT_ONCE = 8;
/** First pages that are read at the same time: a thousand clients that come back at once must leave room for everybody else. */
const FIRST_PAGES_AT_ONCE = 4;
/** Further pages, each of which keeps a core busy, of the database or of this process. */
const FURTHER_PAGES_AT_ONCE = Math.min(8, Math.max(2, availableParallelism()));
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

/**
 * Reads a thread from a cursor on: first what is stored, then what comes, through one reader without a seam.
 *
 * A reader's first page waits for other first pages only, and one that was up to date, and looks whether it has missed
 * anything, for other such looks only: however many come, and have megabytes to catch up with, nobody else waits behind
 * them.
 */
@Injectable()
export class ThreadReader {
  readonly #looks = new Semaphore(LOOKS_AT_ONCE);
  readonly #firstPages = new Semaphore(FIRST_PAGES_AT_ONCE);
  readonly #furtherPages = new Semaphore(FURTHER_PAGES_AT_ONCE);

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
      let [upToDate, size, turnstile] = [false, FIRST_PAGE, this.#firstPages];
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
        const page = { threadId, afterSeq: cursor, ...size };
        const { events, isLast } = await this.#readLog(context, page, turnstile, signal);
        size = isLast ? FIRST_PAGE : sizeAfter(size, events.length);
        turnstile = isLast ? this.#looks : this.#furtherPages;
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
  async #readLog(
    context: UserExecutionContext,
    range: EventRange,
    turnstile: Semaphore,
    signal: AbortSignal,
  ): Promise<EventPage> {
    while (!signal.aborted) {
      try {
        return await turnstile.run(async () =>
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

/** Large events are asked for a few at a time: the database measures each, also those that do not fit. */
function sizeAfter({ limit }: PageSize, count: number): PageSize {
  const next = count < limit ? 2 * Math.max(1, count) : 4 * limit;
  return { ...LARGEST_PAGE, limit: Math.min(LARGEST_PAGE.limit, next) };
}

const nothing: EventPage = { events: [], isLast: false };

function assertReadable({ field, afterSeq }: Cursor, range: StoredRange): void {
  if (Number.isNaN(afterSeq)) throw new ResyncRequiredError(field, 'unknown_cursor', range);
  if (afterSeq > range.latestSeq) throw new ResyncRequiredError(field, 'future_cursor', range);
  if (afterSeq < range.oldestSeq - 1) throw new ResyncRequiredError(field, 'pruned_cursor', range);
}
