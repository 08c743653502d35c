import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import { Database, DatabaseUnavailableError } from '@bulkhead/persistence';
import type { ContextJson, UserExecutionContext } from '@bulkhead/user-context';
import pg from 'pg';
import type { DurableSteps, StepResult } from './durable-steps.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from './execution.options.ts';
import { engineLogger } from './engine-logger.ts';
import { NodeLease } from './node-lease.ts';
import { NodeRecovery } from './node-recovery.ts';
import { reviveError } from './stored-error.ts';

/** A queued run, as the queue stores it. */
export interface RunJob {
  readonly context: ContextJson;
  readonly sessionId: string;
  readonly agentName: string;
}

export type RunProcessor = (job: RunJob, steps: DurableSteps) => Promise<void>;

const QUEUE = 'runs';
const WORKFLOW = 'run';
/** Raised when a change makes stored steps of unfinished runs unreadable. */
const STEP_FORMAT = '1';
const POOL_SIZE = 12;
const RETRY_MS = 500;
const STEP_RETRIES = { retriesAllowed: true, maxAttempts: 20, intervalSeconds: 0.5, backoffRate: 1.3 };

/** Creates or migrates the durable engine's tables; runs once per boot, before the server. */
export const prepareEngine = (engineUrl: string): Promise<void> => DBOS.migrate(engineUrl);

/**
 * The durable queue of runs: DBOS Transact on the same PostgreSQL. At most `runsPerUser` runs of a user are taken
 * at a time, over all nodes, and users take turns.
 */
@Injectable()
export class RunQueue {
  readonly #logger = new Logger(RunQueue.name);
  #pool: pg.Pool | undefined;
  #client: DBOSClient | undefined;
  #lease: NodeLease | undefined;
  #recovery: NodeRecovery | undefined;
  #stopping = false;

  constructor(
    private readonly database: Database,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /** Begins to take runs, with those that an earlier life of this node left unfinished. @throws NodeIdTakenError */
  async start(processRun: RunProcessor): Promise<void> {
    const { nodeId, runsPerUser, pollingIntervalMs } = this.options;
    const pool = new pg.Pool({ connectionString: this.database.engineUrl, max: POOL_SIZE });
    pool.on('error', (error) => this.#logger.warn(`An engine connection was lost: ${error.message}`));
    this.#lease = await NodeLease.take(pool, nodeId, this.#logger).catch(async (error: unknown) => {
      await pool.end();
      throw error;
    });
    this.#pool = pool;
    const logger = engineLogger(this.#logger);
    const system = { systemDatabaseUrl: this.database.engineUrl, systemDatabasePool: pool, logger };
    DBOS.registerWorkflow((job: RunJob) => this.#process(job, processRun), { name: WORKFLOW });
    DBOS.setConfig({
      ...system,
      name: 'bulkhead',
      applicationVersion: STEP_FORMAT,
      executorID: nodeId,
      runMigrations: false,
      useListenNotify: false,
    });
    await DBOS.launch();
    await DBOS.registerQueue(QUEUE, {
      partitionConcurrency: runsPerUser,
      minPollingIntervalMs: pollingIntervalMs,
      onConflict: 'always_update',
    });
    this.#client = await DBOSClient.create({ ...system, applicationName: 'bulkhead' });
    this.#recovery = new NodeRecovery(pool, nodeId, this.#logger);
    this.#recovery.start();
  }

  /** Adds the context's run within a transaction of the engine's role: it exists if and when that commits. */
  async enqueue(transaction: pg.ClientBase, context: UserExecutionContext, agentName: string): Promise<void> {
    if (!this.#client) throw new DatabaseUnavailableError(new Error('The queue has not started'));
    const job: RunJob = { context: context.toJSON(), sessionId: context.identity.sessionId, agentName };
    await this.#client.enqueueInTransaction(
      transaction,
      {
        queueName: QUEUE,
        workflowName: WORKFLOW,
        workflowID: context.runId,
        queuePartitionKey: context.userId,
        appVersion: STEP_FORMAT,
      },
      job,
    );
  }

  /** Takes no more runs, lets running ones finish for the drain time, and leaves the rest for the next start. */
  async stop(): Promise<void> {
    const pool = this.#pool;
    if (!pool) return;
    this.#pool = undefined;
    const { drainTimeoutMs } = this.options;
    await this.#recovery?.stop();
    const abandon = setTimeout(() => (this.#stopping = true), Math.max(0, drainTimeoutMs - 250));
    await DBOS.shutdown({ workflowCompletionTimeoutMS: drainTimeoutMs, deregister: true });
    clearTimeout(abandon);
    this.#stopping = true;
    await this.#client?.destroy();
    this.#lease?.release();
    await pool.end();
  }

  async #process(job: RunJob, processRun: RunProcessor): Promise<void> {
    for (;;) {
      try {
        return await processRun(job, this.#steps);
      } catch (error) {
        await this.#hangWhenStopping();
        // The run could not even be opened: once it is, it outlasts an outage of the database by itself.
        if (!isDatabaseTrouble(error)) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  readonly #steps: DurableSteps = {
    run: <Result extends StepResult>(name: string, work: () => Promise<Result>): Promise<Result> => {
      const guarded = async (): Promise<Result> => {
        try {
          return await work();
        } catch (error) {
          await this.#hangWhenStopping();
          throw error;
        }
      };
      const options = { name, ...STEP_RETRIES, shouldRetry: isDatabaseTrouble };
      return DBOS.runStep(guarded, options).catch(async (error: unknown) => {
        // Storing the result fails too when the connections are closing.
        await this.#hangWhenStopping();
        throw reviveError(error);
      });
    },
  };

  /** An error that a shutdown caused must not be stored as the run's: the run continues after the restart. */
  async #hangWhenStopping(): Promise<void> {
    if (this.#stopping) await new Promise(() => undefined);
  }
}

const isDatabaseTrouble = (error: unknown): boolean => error instanceof DatabaseUnavailableError;
