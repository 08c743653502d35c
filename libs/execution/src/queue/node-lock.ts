import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { sqlStateOf } from '@bulkhead/persistence';
import type pg from 'pg';
import { NodeIdTakenError } from '../execution.errors.ts';

const RETRY_MS = 500;
/** How long the connection of a node that ended may take to be noticed as gone. */
const GRACE_MS = 1_000;
const LOCK_TIMEOUT = '55P03';

/** The advisory lock's key of the node whose id is the statement's first parameter, as `node_beat` tries it. */
const NODE_LOCK = `hashtextextended('bulkhead node ' || $1, 0)`;

/**
 * A node's claim to its id, as a session lock of PostgreSQL: gone the moment its connection is. When the database
 * restarts, the claim is made again as soon as that is possible.
 */
export class NodeLock {
  #client: pg.PoolClient | undefined;
  #isReleased = false;

  private constructor(
    private readonly pool: pg.Pool,
    private readonly nodeId: string,
    private readonly logger: Logger,
  ) {}

  /** @throws NodeIdTakenError */
  static async take(pool: pg.Pool, nodeId: string, logger: Logger): Promise<NodeLock> {
    const lease = new NodeLock(pool, nodeId, logger);
    await lease.#claim();
    return lease;
  }

  release(): void {
    this.#isReleased = true;
    // Closing the connection, rather than pooling it, gives the lock back.
    this.#client?.release(true);
    this.#client = undefined;
  }

  async #claim(): Promise<void> {
    const client = await this.pool.connect();
    // Without a listener, the loss of a connection that is in use would end the process.
    client.on('error', () => void this.#reclaim(client));
    try {
      await client.query(`set lock_timeout = ${GRACE_MS}`);
      await client.query(`select pg_advisory_lock(${NODE_LOCK})`, [this.nodeId]);
    } catch (error) {
      client.release(true);
      throw sqlStateOf(error) === LOCK_TIMEOUT ? new NodeIdTakenError(this.nodeId) : error;
    }
    this.#client = client;
    if (this.#isReleased) this.release();
  }

  /** Another node has the id, and with it this node's runs: what goes on here would be done twice. */
  #giveWay(error: NodeIdTakenError): void {
    this.logger.fatal(error.message);
    process.kill(process.pid, 'SIGTERM');
  }

  async #reclaim(lost: pg.PoolClient): Promise<void> {
    if (this.#client !== lost) return;
    this.#client = undefined;
    lost.release(true);
    while (!this.#isReleased) {
      try {
        return await this.#claim();
      } catch (error) {
        if (error instanceof NodeIdTakenError) return this.#giveWay(error);
        this.logger.error({ err: error }, 'The claim to this node’s id was lost.');
        await delay(RETRY_MS);
      }
    }
  }
}
