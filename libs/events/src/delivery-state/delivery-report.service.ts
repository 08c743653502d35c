import { Injectable, Scope } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { UserDatabaseSession } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import type { StoredRange } from '../vocabulary/control-events.ts';

/** How far a thread has come to its owner's clients. */
export interface ThreadDelivery extends StoredRange {
  readonly threadId: string;
  /** Sent to a connection or stream up to here; written every few seconds. */
  readonly deliveredSeq: number;
  readonly deliveredAt?: string;
  /** Acknowledged up to here. */
  readonly ackedSeq: number;
  readonly ackedAt?: string;
  /** Events that are not acknowledged. */
  readonly lagEvents: number;
  /** Age of the oldest of them, in milliseconds; 0 when there is none. */
  readonly lagMs: number;
}

/** What of the owner's threads has arrived, and what has not. */
@Injectable({ scope: Scope.REQUEST })
export class DeliveryReport {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
  ) {}

  /** Of the context's thread. @throws ResourceNotFoundError for a foreign and an absent one alike */
  async ofThread(): Promise<ThreadDelivery> {
    const { threadId } = this.context;
    const [row] = await this.session.statement<DeliveryRow>(
      (literal) => `${select} WHERE t.thread_id = ${literal(threadId)}`,
    );
    if (!row) throw new ResourceNotFoundError('thread');
    return toDelivery(row);
  }

  /** Of the threads that lag most, the worst first. */
  async ofThreads(limit: number): Promise<ThreadDelivery[]> {
    const rows = await this.session.statement<DeliveryRow>(
      (literal) =>
        `${select} ORDER BY t.last_seq - coalesce(a.acked_seq, 0) DESC, t.created_at DESC ` +
        `LIMIT ${literal(limit)}`,
    );
    return rows.map(toDelivery);
  }
}

interface DeliveryRow {
  readonly thread_id: string;
  readonly oldest_seq: string;
  readonly last_seq: string;
  readonly delivered_seq: string | null;
  readonly delivered_at: Date | null;
  readonly acked_seq: string | null;
  readonly acked_at: Date | null;
  readonly lag_ms: string | null;
}

const select = `
  SELECT t.thread_id, t.oldest_seq, t.last_seq, a.delivered_seq, a.delivered_at, a.acked_seq, a.acked_at,
         (SELECT floor(1000 * extract(epoch FROM clock_timestamp() - e.at)) FROM bulkhead.events e
           WHERE e.thread_id = t.thread_id AND e.seq = greatest(coalesce(a.acked_seq, 0) + 1, t.oldest_seq)) AS lag_ms
    FROM bulkhead.threads t LEFT JOIN bulkhead.acknowledgements a ON a.thread_id = t.thread_id`;

function toDelivery(row: DeliveryRow): ThreadDelivery {
  const [latestSeq, deliveredSeq, ackedSeq] = [row.last_seq, row.delivered_seq, row.acked_seq].map(
    Number,
  ) as [number, number, number];
  return {
    threadId: row.thread_id,
    oldestSeq: Number(row.oldest_seq),
    latestSeq,
    deliveredSeq,
    ...(deliveredSeq > 0 && row.delivered_at && { deliveredAt: row.delivered_at.toISOString() }),
    ackedSeq,
    ...(ackedSeq > 0 && row.acked_at && { ackedAt: row.acked_at.toISOString() }),
    lagEvents: latestSeq - ackedSeq,
    lagMs: Math.max(0, Number(row.lag_ms)),
  };
}
