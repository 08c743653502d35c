import type { Logger } from '@nestjs/common';
// DBOS recovers its own runs only, and has no public call for those of another node; the version is pinned.
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type pg from 'pg';
import { NODE_LOCK } from './node-lease.ts';

const INTERVAL_MS = 1_000;

/** Takes up the runs of nodes that are gone: those whose id nobody holds a lease on. */
export class NodeRecovery {
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: pg.Pool,
    private readonly nodeId: string,
    private readonly logger: Logger,
  ) {}

  start(): void {
    const sweep = (): void => {
      this.#sweep = this.#sweep.then(() => this.#recoverDead());
    };
    this.#timer = setInterval(sweep, INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweep;
  }

  async #recoverDead(): Promise<void> {
    try {
      const { rows } = await this.pool.query<{ nodeId: string }>(
        `select distinct executor_id as "nodeId" from dbos.workflow_status
         where status = 'PENDING' and executor_id <> $1`,
        [this.nodeId],
      );
      for (const { nodeId } of rows) await this.#recoverIfDead(nodeId);
    } catch (error) {
      // The next sweep tries again.
      this.logger.warn(`Other nodes' runs could not be looked after: ${String(error)}`);
    }
  }

  async #recoverIfDead(nodeId: string): Promise<void> {
    const client = await this.pool.connect();
    try {
      // For the transaction only: a node that comes back gets its id again at once.
      await client.query('begin');
      const { rows } = await client.query<{ isDead: boolean }>(
        `select pg_try_advisory_xact_lock(${NODE_LOCK}) as "isDead"`,
        [nodeId],
      );
      if (rows[0]?.isDead) {
        this.logger.warn(`Node ${nodeId} is gone: its runs continue here.`);
        await DBOSExecutor.globalInstance?.recoverPendingWorkflows([nodeId]);
      }
      await client.query('commit');
    } finally {
      client.release();
    }
  }
}
