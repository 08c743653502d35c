import type { Logger } from '@nestjs/common';
import type pg from 'pg';
import { WORKFLOW } from './durable-engine.ts';

/** How long the steps of a run are kept after its end, in milliseconds: for whoever looks into it, nothing needs them. */
const KEEP_MS = 3_600_000;
/** How often is looked for what is too old, in milliseconds; give or take a quarter, so that nodes don't meet. */
const PERIOD_MS = 60_000;
/** Runs whose steps are removed in one transaction. */
const BATCH = 200;

/**
 * What has no foreign key, and is removed by name; the rest goes with the status. A run is over when it is not in our
 * queue: the engine calls one that is put off finished, and one that was cancelled in the queue enqueued, for ever.
 */
const PRUNE_BATCH = `
  WITH turn AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtextextended('bulkhead step pruning', 0)) AS is_ours
  ), ended AS MATERIALIZED (
    SELECT w.workflow_uuid AS id FROM dbos.workflow_status w
     WHERE (SELECT is_ours FROM turn) AND w.name = '${WORKFLOW}' AND w.created_at < $1 AND w.updated_at < $1
       AND NOT EXISTS (SELECT FROM bulkhead.run_queue q WHERE q.run_id::text = w.workflow_uuid)
     ORDER BY w.created_at LIMIT $2 FOR UPDATE OF w SKIP LOCKED
  ), inputs AS (
    DELETE FROM dbos.workflow_input WHERE workflow_uuid IN (SELECT id FROM ended)
  ), outputs AS (
    DELETE FROM dbos.workflow_output WHERE workflow_uuid IN (SELECT id FROM ended)
  ), steps AS (
    DELETE FROM dbos.operation_outputs WHERE workflow_uuid IN (SELECT id FROM ended)
  )
  DELETE FROM dbos.workflow_status WHERE workflow_uuid IN (SELECT id FROM ended)`;

/** Removes what the durable engine keeps of runs that are over, in small transactions, one node at a time. */
export class StepPruning {
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<unknown> | undefined;
  #isStopped = false;

  constructor(
    private readonly pool: pg.Pool,
    private readonly logger: Logger,
  ) {}

  start(): void {
    const wait = PERIOD_MS * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => {
      this.#work = this.prune()
        .catch((error: unknown) => this.logger.warn(`Old steps could not be removed: ${String(error)}`))
        .finally(() => {
          if (!this.#isStopped) this.start();
        });
    }, wait);
  }

  /** Settles when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#work;
  }

  /**
   * Removes all that is too old by now, unless another node is at it.
   * @param keepMs how long ago the run's last change must be
   * @returns of how many runs that was
   */
  async prune(keepMs = KEEP_MS, batch = BATCH): Promise<number> {
    let pruned = 0;
    for (let removed = batch; removed === batch && !this.#isStopped; pruned += removed) {
      const { rowCount } = await this.pool.query(PRUNE_BATCH, [Date.now() - keepMs, batch]);
      removed = rowCount ?? 0;
    }
    return pruned;
  }
}
