import { Injectable } from '@nestjs/common';
import { QueueTransactions } from '@bulkhead/persistence';
import { Metrics } from '@bulkhead/telemetry';
import { sql } from 'drizzle-orm';

/** How long a reading is good for, in milliseconds: whoever asks often gets the same one. */
const FRESH_MS = 1_000;

/** The queue of the whole cluster. */
export interface Depth {
  /** Runs that no node has, and that may begin. */
  readonly waiting: number;
  /** Runs that a node has. */
  readonly running: number;
  /** Runs that may not begin yet, e.g. because they wait for their owner's approval. */
  readonly deferred: number;
  /** Seconds that the oldest run has waited whose user has nothing running: nothing but the nodes holds it up. */
  readonly oldestSeconds: number;
}

/** Tells how much waits in the queue, and for how long. */
@Injectable()
export class QueueDepth {
  #reading: Promise<Depth> | undefined;
  #readAt = -FRESH_MS;

  constructor(
    private readonly transactions: QueueTransactions,
    metrics: Metrics,
  ) {
    metrics.read('bulkhead_queue_runs', async () => {
      const { waiting, running, deferred } = await this.read();
      return [
        [waiting, { state: 'waiting' }],
        [running, { state: 'running' }],
        [deferred, { state: 'deferred' }],
      ];
    });
    metrics.read('bulkhead_queue_oldest_seconds', async () => [[(await this.read()).oldestSeconds]]);
  }

  /** @throws DatabaseUnavailableError */
  read(): Promise<Depth> {
    const now = performance.now();
    if (this.#reading && now - this.#readAt < FRESH_MS) return this.#reading;
    this.#readAt = now;
    this.#reading = this.transactions.run(async (db) => {
      const { rows } = await db.execute<{ [Column in keyof Depth]: number }>(depth);
      return rows[0]!;
    });
    return this.#reading;
  }
}

const depth = sql`
  SELECT (count(*) FILTER (WHERE node_id IS NULL AND (not_before IS NULL OR not_before <= now())))::int AS waiting,
         (count(*) FILTER (WHERE node_id IS NOT NULL))::int AS running,
         (count(*) FILTER (WHERE node_id IS NULL AND not_before > now()))::int AS deferred,
         coalesce(max(extract(epoch FROM now() - greatest(enqueued_at, not_before))) FILTER (
           WHERE node_id IS NULL AND is_head AND (not_before IS NULL OR not_before <= now())
             AND NOT EXISTS (SELECT FROM bulkhead.run_queue t WHERE t.user_id = q.user_id AND t.node_id IS NOT NULL)
         ), 0)::float8 AS "oldestSeconds"
    FROM bulkhead.run_queue q`;
