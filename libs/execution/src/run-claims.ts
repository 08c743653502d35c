import type { UserExecutionContext } from '@bulkhead/user-context';
import pg from 'pg';
import type { ExecutionOptions } from './execution.options.ts';
import { STEP_FORMATS } from './step-format.ts';

/** What a node was given. */
export interface ClaimedRun {
  readonly runId: string;
  readonly epoch: number;
  readonly stepFormat: string;
}

/** A run that a node executes, by its claim. */
export interface HeldRun {
  readonly runId: string;
  readonly epoch: number;
}

export interface Claims {
  readonly claimed: readonly ClaimedRun[];
  /** Runs of the node that others have taken over. */
  readonly lost: readonly HeldRun[];
}

const { escapeLiteral } = pg;
const arrayOf = (values: readonly (string | number)[]): string => `'{${values.join(',')}}'`;

/**
 * The queue's table, as one node uses it. Every call is one message to the database and one transaction, which
 * completes there even if this process freezes in the middle.
 */
export class RunClaims {
  constructor(
    private readonly pool: pg.Pool,
    private readonly options: Pick<ExecutionOptions, 'nodeId' | 'runsPerUser' | 'leaseMs'>,
  ) {}

  /** Takes up to `room` runs. The durable engine is told in the same transaction, under the same token. */
  async claim(token: string, room: number): Promise<readonly ClaimedRun[]> {
    const results = await this.#send(this.#claimStatements(token, room));
    return claimedIn(results.at(-2));
  }

  /** Says that this node lives and what it executes, looks after nodes that don't, and takes up to `room` runs. */
  async beat(token: string, held: readonly HeldRun[], room: number): Promise<Claims> {
    const { nodeId, leaseMs } = this.options;
    const runs = arrayOf(held.map(({ runId }) => runId));
    const epochs = arrayOf(held.map(({ epoch }) => epoch));
    const results = await this.#send(
      `SELECT lost_run AS "runId", lost_epoch AS epoch FROM bulkhead.node_beat(${escapeLiteral(nodeId)},
         ${arrayOf(STEP_FORMATS)}, ${runs}, ${epochs}, interval '${leaseMs} milliseconds');
       ${this.#claimStatements(token, room)}`,
    );
    return { lost: (results.at(-3)?.rows ?? []) as HeldRun[], claimed: claimedIn(results.at(-2)) };
  }

  /** Gives back what this node has, for others to take at once. */
  async giveBack(): Promise<void> {
    await this.pool.query(
      `UPDATE bulkhead.run_queue SET node_id = NULL, claim_id = NULL WHERE node_id = $1`,
      [this.options.nodeId],
    );
  }

  /** Puts a run off that could not even be opened. */
  async putOff({ runId, epoch }: HeldRun, seconds: number): Promise<void> {
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

  #claimStatements(token: string, room: number): string {
    const { nodeId, runsPerUser } = this.options;
    const [node, claim] = [escapeLiteral(nodeId), escapeLiteral(token)];
    return `SELECT run_id AS "runId", epoch, step_format AS "stepFormat"
         FROM bulkhead.claim_runs(${node}, ${claim}, ${arrayOf(STEP_FORMATS)}, ${room}, ${runsPerUser});
       UPDATE dbos.workflow_status w
          SET status = 'PENDING', owner_xid = ${claim}, executor_id = ${node}, completed_at = NULL,
              recovery_attempts = 1, queue_name = '${QUEUE}',
              started_at_epoch_ms = (extract(epoch FROM now()) * 1000)::bigint,
              updated_at = (extract(epoch FROM now()) * 1000)::bigint
         FROM bulkhead.run_queue q
        WHERE q.node_id = ${node} AND q.claim_id = ${claim} AND w.workflow_uuid = q.run_id::text`;
  }

  async #send(statements: string): Promise<pg.QueryResult[]> {
    const results: unknown = await this.pool.query(statements);
    // The driver answers several statements with several results, which its types do not know.
    return results as pg.QueryResult[];
  }
}

/** Named to the durable engine, which does not serve it: claims are ours. */
export const QUEUE = 'bulkhead_runs';

const claimedIn = (result: pg.QueryResult | undefined): ClaimedRun[] => (result?.rows ?? []) as ClaimedRun[];

/** Joins the queue, within a transaction of the engine's role whose caller holds the thread's lock. */
export async function enterQueue(
  client: pg.ClientBase,
  { runId, userId, threadId }: UserExecutionContext,
): Promise<void> {
  const values = [runId, userId, threadId, STEP_FORMATS[0]];
  await client.query({
    name: 'enter_queue',
    text: 'SELECT bulkhead.enter_queue($1, $2, $3, $4)',
    values,
  });
}

/** Leaves the queue for good, within a transaction of the engine's role whose caller holds the thread's lock. */
export async function leaveQueue(client: pg.ClientBase, runId: string): Promise<void> {
  await client.query({ name: 'leave_queue', text: 'SELECT bulkhead.leave_queue($1)', values: [runId] });
}
