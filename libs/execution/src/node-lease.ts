import type pg from 'pg';
import { NodeIdTakenError } from './execution.errors.ts';

/** A node's claim to its id, as a session lock of PostgreSQL: gone the moment its connection is. */
export class NodeLease {
  private constructor(private readonly client: pg.PoolClient) {}

  /** @throws NodeIdTakenError */
  static async take(pool: pg.Pool, nodeId: string): Promise<NodeLease> {
    const client = await pool.connect();
    const { rows } = await client.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('bulkhead node ' || $1, 0)) as taken`,
      [nodeId],
    );
    if (rows[0]?.taken) return new NodeLease(client);
    client.release();
    throw new NodeIdTakenError(nodeId);
  }

  release(): Promise<void> {
    // Closing the connection, rather than pooling it, gives the lock back.
    this.client.release(true);
    return Promise.resolve();
  }
}
