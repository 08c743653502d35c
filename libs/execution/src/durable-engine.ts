import type { Logger } from '@nestjs/common';
import { DBOS } from '@dbos-inc/dbos-sdk';
// Claims are ours, and DBOS has no public call to begin a workflow that another claimed; the version is pinned.
import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils';
import { RunSupersededError } from '@bulkhead/events';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import type pg from 'pg';
import type { DurableSteps, StepResult } from './durable-steps.ts';
import { engineLogger } from './engine-logger.ts';
import { STEP_FORMAT } from './step-format.ts';
import { reviveError } from './stored-error.ts';

export const WORKFLOW = 'run';
const STEP_RETRIES = { retriesAllowed: true, maxAttempts: 20, intervalSeconds: 0.5, backoffRate: 1.3 };
/** Longest pause between two tries while the database is away, in seconds. */
const MAX_BACKOFF_S = 2;
/** DBOS's code for a step of a workflow that another execution owns. */
const CONFLICT = 5;

export interface EngineSettings {
  readonly engineUrl: string;
  readonly pool: pg.Pool;
  readonly nodeId: string;
  readonly drainTimeoutMs: number;
}

/** What a job was begun as. */
export interface Dispatched {
  readonly runId: string;
  /** That of the claim. */
  readonly token: string | undefined;
}

/** DBOS, which keeps the results of steps: what has a result is not executed again. One per process. */
export class DurableEngine<Job> {
  #stopping = false;

  constructor(
    private readonly settings: EngineSettings,
    private readonly logger: Logger,
  ) {}

  /** @param work executes a job */
  async launch(work: (job: Job, dispatched: Dispatched) => Promise<void>): Promise<void> {
    const { engineUrl, pool, nodeId } = this.settings;
    dbRetryConfig.maxBackoffSec = MAX_BACKOFF_S;
    const perform = (job: Job): Promise<void> => {
      const runId = DBOS.workflowID ?? '';
      return work(job, { runId, token: currentOwnerXid(runId) });
    };
    DBOS.registerWorkflow(perform, { name: WORKFLOW });
    DBOS.setConfig({
      systemDatabaseUrl: engineUrl,
      systemDatabasePool: pool,
      logger: engineLogger(this.logger),
      name: 'bulkhead',
      applicationVersion: STEP_FORMAT,
      executorID: nodeId,
      runMigrations: false,
      useListenNotify: false,
      listenQueues: [],
    });
    await DBOS.launch();
  }

  /** Begins jobs that were claimed under the token. */
  async dispatch(workflowIds: string[], token: string): Promise<void> {
    await DBOSExecutor.globalInstance?.dispatchDequeuedWorkflows(workflowIds, token);
  }

  /** Lets running jobs finish for the drain time; the rest neither goes on nor ends. */
  async shutdown(): Promise<void> {
    const { drainTimeoutMs } = this.settings;
    const abandon = setTimeout(() => (this.#stopping = true), Math.max(0, drainTimeoutMs - 250));
    await DBOS.shutdown({ workflowCompletionTimeoutMS: drainTimeoutMs, deregister: true });
    clearTimeout(abandon);
    this.#stopping = true;
  }

  readonly steps: DurableSteps = {
    run: <Result extends StepResult>(name: string, work: () => Promise<Result>): Promise<Result> => {
      const guarded = async (): Promise<Result> => {
        try {
          return await work();
        } catch (error) {
          await this.hangWhenStopping();
          throw error;
        }
      };
      const options = { name, ...STEP_RETRIES, shouldRetry: isDatabaseTrouble };
      return DBOS.runStep(guarded, options).catch(async (error: unknown) => {
        // Storing the result fails too when the connections are closing.
        await this.hangWhenStopping();
        if (isConflict(error)) throw new RunSupersededError();
        throw reviveError(error);
      });
    },
  };

  /** An error that a shutdown caused must not be stored as the run's: the run continues after the restart. */
  async hangWhenStopping(): Promise<void> {
    if (this.#stopping) await new Promise(() => undefined);
  }
}

export const isDatabaseTrouble = (error: unknown): boolean => error instanceof DatabaseUnavailableError;

const isConflict = (error: unknown): boolean =>
  error instanceof Error && 'dbosErrorCode' in error && error.dbosErrorCode === CONFLICT;
