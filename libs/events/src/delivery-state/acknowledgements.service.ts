import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { UserTransactions, type Statement } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { ResyncRequiredError } from '../events.errors.ts';
import { toStorableUuid } from '../log/postgres-json.ts';

/** Pause between two writes for one thread, in milliseconds: what comes meanwhile is one write. */
const PAUSE_MS = 100;

interface Batch {
  seq: number;
  readonly stored: Promise<number>;
}

/** How far the owner's clients say they have received a thread. Cumulative: it never goes back. */
@Injectable()
export class Acknowledgements {
  /** The write that is under way for a thread, and the one that gathers what comes meanwhile. */
  readonly #writing = new Map<string, Promise<unknown>>();
  readonly #gathering = new Map<string, Batch>();

  constructor(private readonly transactions: UserTransactions) {}

  /**
   * Clients may acknowledge every event: a thread's acknowledgements are written together, and its owner is checked
   * with each write.
   * @returns the sequence that is acknowledged now
   * @throws ResourceNotFoundError, and ResyncRequiredError for a sequence that was never stored
   */
  async acknowledge(context: UserExecutionContext, threadId: string, seq: number): Promise<number> {
    const key = `${context.userId} ${toStorableUuid(threadId)}`;
    const before = this.#writing.get(key);
    if (!before) return this.#start(key, this.#write(context, threadId, seq));
    const gathering = this.#gathering.get(key);
    if (!gathering) {
      const batch: Batch = { seq, stored: before.then(() => this.#writeGathered(key, context, threadId)) };
      this.#gathering.set(key, batch);
      return batch.stored.catch(() => this.#write(context, threadId, seq));
    }
    gathering.seq = Math.max(gathering.seq, seq);
    // One that claims too much must not spoil the others': each then speaks for itself.
    return gathering.stored.catch(() => this.#write(context, threadId, seq));
  }

  #writeGathered(key: string, context: UserExecutionContext, threadId: string): Promise<number> {
    const seq = this.#gathering.get(key)?.seq ?? 0;
    this.#gathering.delete(key);
    return this.#start(key, this.#write(context, threadId, seq));
  }

  #start(key: string, write: Promise<number>): Promise<number> {
    const writing = write.catch(() => undefined).then(() => delay(PAUSE_MS, undefined, { ref: false }));
    this.#writing.set(key, writing);
    void writing.then(() => {
      if (this.#writing.get(key) === writing) this.#writing.delete(key);
    });
    return write;
  }

  async #write(context: UserExecutionContext, threadId: string, seq: number): Promise<number> {
    const [row] = await this.transactions.statement<AckRow>(context, statementFor(threadId, seq));
    if (!row) throw new ResourceNotFoundError('thread');
    if (row.acked_seq !== null) return Number(row.acked_seq);
    const range = { oldestSeq: Number(row.oldest_seq), latestSeq: Number(row.last_seq) };
    throw new ResyncRequiredError('seq', 'future_cursor', range);
  }
}

interface AckRow {
  readonly oldest_seq: string;
  readonly last_seq: string;
  /** Null: not stored, because the thread has not come so far. */
  readonly acked_seq: string | null;
}

const statementFor =
  (threadId: string, seq: number): Statement =>
  (literal) => `
    WITH thread AS (
      SELECT thread_id, user_id, oldest_seq, last_seq FROM bulkhead.threads WHERE thread_id = ${literal(threadId)}
    ), stored AS (
      INSERT INTO bulkhead.acknowledgements AS stored (thread_id, user_id, acked_seq, delivered_seq)
      SELECT thread_id, user_id, ${literal(seq)}::bigint, ${literal(seq)}::bigint FROM thread
       WHERE last_seq >= ${literal(seq)}::bigint
      ON CONFLICT (thread_id) DO UPDATE
        SET acked_seq = greatest(stored.acked_seq, excluded.acked_seq),
            acked_at = now(),
            delivered_seq = greatest(stored.delivered_seq, excluded.delivered_seq)
      RETURNING acked_seq
    )
    SELECT oldest_seq, last_seq, (SELECT acked_seq FROM stored) AS acked_seq FROM thread`;
