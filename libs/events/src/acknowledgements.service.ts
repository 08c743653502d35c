import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { acknowledgements, threads, UserTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { eq, sql } from 'drizzle-orm';
import { ResyncRequiredError } from './events.errors.ts';

/** How far the owner's clients say they have received a thread. Cumulative: it never goes back. */
@Injectable()
export class Acknowledgements {
  constructor(private readonly transactions: UserTransactions) {}

  /**
   * @returns the sequence that is acknowledged now
   * @throws ResourceNotFoundError, and ResyncRequiredError for a sequence that was never sent
   */
  acknowledge(context: UserExecutionContext, threadId: string, seq: number): Promise<number> {
    return this.transactions.run(context, async ({ db }) => {
      const [thread] = await db
        .select({ oldestSeq: threads.oldestSeq, latestSeq: threads.lastSeq })
        .from(threads)
        .where(eq(threads.threadId, threadId));
      if (!thread) throw new ResourceNotFoundError('thread');
      if (seq > thread.latestSeq) throw new ResyncRequiredError('seq', 'future_cursor', thread);
      const [stored] = await db
        .insert(acknowledgements)
        .values({ threadId, userId: context.userId, ackedSeq: seq })
        .onConflictDoUpdate({
          target: acknowledgements.threadId,
          set: { ackedSeq: sql`greatest(${acknowledgements.ackedSeq}, ${seq})`, ackedAt: sql`now()` },
        })
        .returning({ ackedSeq: acknowledgements.ackedSeq });
      return stored?.ackedSeq ?? seq;
    });
  }
}
