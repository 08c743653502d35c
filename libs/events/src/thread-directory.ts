import { Injectable, Scope } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { threads, UserDatabaseSession, type Once } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { and, desc, eq, sql } from 'drizzle-orm';
import { toStorableText } from './log/postgres-json.ts';

/**
 * What a message does while a run of its thread is unfinished. `enqueue`: its run waits for the others and sees their
 * answers. `reject`: it is refused. `interrupt`: it cancels them, then runs.
 */
export type WhenBusy = 'enqueue' | 'reject' | 'interrupt';
export const WHEN_BUSY: readonly WhenBusy[] = ['enqueue', 'reject', 'interrupt'];

/** What its owner may decide about a thread. */
export interface ThreadSettings {
  /** At most 200 characters. */
  readonly title?: string | undefined;
  readonly whenBusy?: WhenBusy | undefined;
  /** How many of the newest events are kept; null: as many as the server keeps, which is the most. */
  readonly keepEvents?: number | null | undefined;
  /** For how many days events are kept; null: as long as the server keeps them, which is the longest. */
  readonly keepEventDays?: number | null | undefined;
}

/** How a thread is made. */
export interface NewThreadOptions extends Omit<ThreadSettings, 'title'> {
  /** Makes it once under a key, and gives the same answer again. */
  readonly once?: Once | undefined;
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
  /** Sequence of the oldest event that is stored; one more than `lastSeq` when there is none. */
  readonly oldestSeq: number;
  readonly createdAt: string;
}

/** A position in a list that is sorted by newest first. */
export interface PageKey {
  readonly createdAt: string;
  readonly id: string;
}

/** Which threads a list has. */
export interface ThreadFilter {
  /** Part of the title, capitals or not. */
  readonly titleContains?: string | undefined;
}

/** The owner's threads. */
@Injectable({ scope: Scope.REQUEST })
export class ThreadDirectory {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
  ) {}

  /** Allocates the context's own thread. */
  create(title: string, { once, ...settings }: NewThreadOptions = {}): Promise<Thread> {
    const { threadId, userId } = this.context;
    const thread = { threadId, userId, title: toStorableText(title), ...settings };
    return this.session.transaction(
      async ({ db }) => {
        const [row] = await db.insert(threads).values(thread).returning();
        return toThread(row);
      },
      { once },
    );
  }

  /** The context's own thread. @throws ResourceNotFoundError for a foreign and an absent one alike */
  get(): Promise<Thread> {
    return this.session.transaction(async ({ db }) => {
      const [row] = await db.select().from(threads).where(eq(threads.threadId, this.context.threadId));
      return toThread(row);
    });
  }

  /** Changes what is given of the context's own thread. @throws ResourceNotFoundError as `get` */
  configure(settings: ThreadSettings): Promise<Thread> {
    if (Object.values(settings).every((value) => value === undefined)) return this.get();
    const { title } = settings;
    return this.session.transaction(async ({ db }) => {
      const [row] = await db
        .update(threads)
        .set({ ...settings, ...(title !== undefined && { title: toStorableText(title) }) })
        .where(eq(threads.threadId, this.context.threadId))
        .returning();
      return toThread(row);
    });
  }

  /** Newest first, after `from`. */
  list(limit: number, from?: PageKey, { titleContains }: ThreadFilter = {}): Promise<Thread[]> {
    const before =
      from &&
      sql`(${threads.createdAt}, ${threads.threadId}) < (${from.createdAt}::timestamptz, ${from.id}::uuid)`;
    const named =
      titleContains === undefined
        ? undefined
        : sql`position(lower(${toStorableText(titleContains)}) in lower(${threads.title})) > 0`;
    return this.session.transaction(async ({ db }) => {
      const rows = await db
        .select()
        .from(threads)
        .where(and(before, named))
        .orderBy(desc(threads.createdAt), desc(threads.threadId))
        .limit(limit);
      return rows.map(toThread);
    });
  }
}

function toThread(row: typeof threads.$inferSelect | undefined): Thread {
  if (!row) throw new ResourceNotFoundError('thread');
  const { threadId, title, whenBusy, keepEvents, keepEventDays, lastSeq, oldestSeq, createdAt } = row;
  return {
    threadId,
    title,
    whenBusy,
    ...(keepEvents !== null && { keepEvents }),
    ...(keepEventDays !== null && { keepEventDays }),
    lastSeq,
    oldestSeq,
    createdAt: createdAt.toISOString(),
  };
}
