/** Where the options are injected. */
export const EXECUTION_OPTIONS = Symbol('ExecutionOptions');

export interface ExecutionOptions {
  /** Unique among the running nodes of one database; the same after a restart, so that a node finds its own runs. */
  readonly nodeId: string;
  /** Runs of one user that may run at the same time, over all nodes. */
  readonly runsPerUser: number;
  /** Unfinished runs that a user may have, running ones included; more are refused. */
  readonly unfinishedRunsPerUser: number;
  /** Model calls per run. */
  readonly maxSteps: number;
  /** Tool calls per run. */
  readonly maxToolCalls: number;
  /** Times per run that an agent hands work to another. */
  readonly maxDelegations: number;
  /** Longest run, in milliseconds. */
  readonly runTimeoutMs: number;
  /** How often the queue is asked for work, in milliseconds. */
  readonly pollingIntervalMs: number;
  /** How long running runs may continue after a stop signal, in milliseconds; what is left continues after a restart. */
  readonly drainTimeoutMs: number;
}
