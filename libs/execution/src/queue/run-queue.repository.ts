import type { Statement } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import pg from 'pg';
import type { ExecutionOptions } from '../execution.options.ts';
import { STEP_FORMATS } from './step-format.ts';

/** What a node was given. */
export interface ClaimedRun {
  readonly runId: string;
  readonly epoch: number;
  readonly stepFormat: string;
  /** What it is opened with, as it was stored; null where that was lost. */
  readonly job: string | null;
  /** Times that a node was lost while it had the run. */
  readonly interruptions: number;
}

/** A run that a node executes, by its claim. */
export interface LeasedRun {
  readonly runId: string;
  readonly epoch: number;
}

export interface Claims {
  readonly claimed: readonly ClaimedRun[];
  /** Runs of the node that others have taken over. */
  readonly lost: readonly LeasedRun[];
}

const { escapeLiteral } = pg;
const arrayOf = (values: readonly (string | number)[]): string => `'{${values.join(',')}}'`;

/**
 * The queue's table, as one node uses it. Every call is one message to the database and one transaction, which
 * completes there even if this process freezes in the middle.
 */
export class RunQueueRepository {
  constructor(
    private readonly pool: pg.Pool,
    private readonly options: Pick<ExecutionOptions, 'nodeId' | 'runsPerUser' | 'leaseMs'>,
  ) {}

  /** Takes up to `room` runs. */
  async claim(token: string, room: number): Promise<readonly ClaimedRun[]> {
    const { rows } = await this.pool.query<ClaimedRun>(this.#claimStatement(token, room));
    return rows;
  }

  /** Says that this node lives and what it executes, looks after nodes that don't, and takes up to `room` runs. */
  async beat(token: string, held: readonly LeasedRun[], room: number): Promise<Claims> {
    const { nodeId, leaseMs } = this.options;
    const runs = arrayOf(held.map(({ runId }) => runId));
    const epochs = arrayOf(held.map(({ epoch }) => epoch));
    const results = await this.#send(
      `SELECT lost_run AS "runId", lost_epoch AS epoch FROM bulkhead.node_beat(${escapeLiteral(nodeId)},
         ${arrayOf(STEP_FORMATS)}, ${runs}, ${epochs}, interval '${leaseMs} milliseconds');
       ${this.#claimStatement(token, room)}`,
    );
    return {
      lost: (results.at(-2)?.rows ?? []) as LeasedRun[],
      claimed: (results.at(-1)?.rows ?? []) as ClaimedRun[],
    };
  }

  /** Gives back this node's runs, for others to take at once. */
  async giveBack(): Promise<void> {
    await this.pool.query(
      `UPDATE bulkhead.run_queue SET node_id = NULL, claim_id = NULL WHERE node_id = $1`,
      [this.options.nodeId],
    );
  }

  /** Gives back the runs that an earlier life of this node had when it ended without giving them back itself. */
  async giveBackLost(): Promise<void> {
    await this.pool.query(
      `UPDATE bulkhead.run_queue SET node_id = NULL, claim_id = NULL, interruptions = interruptions + 1
        WHERE node_id = $1`,
      [this.options.nodeId],
    );
  }

  /** Puts a run off that could not even be opened. */
  async putOff({ runId, epoch }: LeasedRun, seconds: number): Promise<void> {
    await this.pool.query(
      `UPDATE bulkhead.run_queue SET node_id = NULL, claim_id = NULL, not_before = now() + $3 * interval '1 second'
        WHERE run_id = $1 AND epoch = $2`,
      [runId, epoch, seconds],
    );
  }

  /** Whose a queued run is, and where, by our own record; undefined when it is not queued any more. */
  async placeOf(runId: string): Promise<{ userId: string; threadId: string } | undefined> {
    const { rows } = await this.pool.query<{ userId: string; threadId: string }>(
      `SELECT user_id AS "userId", thread_id AS "threadId" FROM bulkhead.run_queue WHERE run_id = $1`,
      [runId],
    );
    return rows[0];
  }

  #claimStatement(token: string, room: number): string {
    const { nodeId, runsPerUser } = this.options;
    const [node, claim] = [escapeLiteral(nodeId), escapeLiteral(token)];
    return `SELECT run_id AS "runId", epoch, step_format AS "stepFormat", job, interruptions
         FROM bulkhead.claim_runs(${node}, ${claim}, ${arrayOf(STEP_FORMATS)}, ${room}, ${runsPerUser})`;
  }

  async #send(statements: string): Promise<pg.QueryResult[]> {
    const results: unknown = await this.pool.query(statements);
    // The driver answers several statements with several results, which its types do not know.
    return results as pg.QueryResult[];
  }
}

/** Joins the queue, among statements with the engine's rights whose transaction holds the thread's lock. */
export const enterQueue =
  ({ runId, userId, threadId }: UserExecutionContext, job: string): Statement =>
  (literal) =>
    `SELECT bulkhead.enter_queue(${[runId, userId, threadId, STEP_FORMATS[0], job].map(literal).join(', ')})`;

/** Leaves the queue for good; the same holds. */
export const leaveQueue =
  (runId: string): Statement =>
  (literal) =>
    `SELECT bulkhead.leave_queue(${literal(runId)})`;
