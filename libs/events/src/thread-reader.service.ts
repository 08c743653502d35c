import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { DatabaseUnavailableError, threads, UserTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { eq } from 'drizzle-orm';
import { EventInbox } from './event-inbox.ts';
import { EventLog, type EventRange } from './event-log.service.ts';
import { EventRouter } from './event-router.service.ts';
import { ResyncRequiredError } from './events.errors.ts';
import type { ThreadEvent } from './thread-event.ts';
import type { StoredRange } from './wire-events.ts';

/** Events per read of the log. */
const PAGE = 500;
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
    const [range] = await this.transactions.run(context, ({ db }) =>
      db
        .select({ oldestSeq: threads.oldestSeq, latestSeq: threads.lastSeq })
        .from(threads)
        .where(eq(threads.threadId, threadId)),
    );
    if (!range) throw new ResourceNotFoundError('thread');
    if (cursor) assertReadable(cursor, range);
    return range;
  }

  /** Batches of events in order, without gaps or repeats, until the signal aborts. Verify the thread first. */
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
      let upToDate = false;
      while (!signal.aborted) {
        const batch: readonly ThreadEvent[] | 'gap' = upToDate
          ? inbox.takeFrom(cursor + 1)
          : await this.#readLog(context, { threadId, afterSeq: cursor, limit: PAGE }, signal);
        // Reading takes time: whoever stopped meanwhile gets no more.
        if (signal.aborted) return;
        if (batch === 'gap') {
          upToDate = false;
          continue;
        }
        if (batch.length > 0) {
          cursor = batch.at(-1)?.seq ?? cursor;
          yield batch;
        }
        if (!upToDate) upToDate = batch.length < PAGE;
        else if (batch.length === 0) await inbox.untilMore();
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
    signal: AbortSignal,
  ): Promise<readonly ThreadEvent[]> {
    while (!signal.aborted) {
      try {
        return await this.log.read(context, range);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
        await delay(RETRY_MS * (1 + Math.random()), undefined, { signal }).catch(() => undefined);
      }
    }
    return [];
  }
}

function assertReadable({ field, afterSeq }: Cursor, range: StoredRange): void {
  if (Number.isNaN(afterSeq)) throw new ResyncRequiredError(field, 'unknown_cursor', range);
  if (afterSeq > range.latestSeq) throw new ResyncRequiredError(field, 'future_cursor', range);
  if (afterSeq < range.oldestSeq - 1) throw new ResyncRequiredError(field, 'pruned_cursor', range);
}
