import type { Quotas } from './usage/quota.ts';
import type { PriceTable } from './usage/model-price.ts';

/** Where the options are injected. */
export const EXECUTION_OPTIONS = Symbol('ExecutionOptions');

/** What a process does: serve clients, execute runs, or both. */
export type Role = 'all' | 'gateway' | 'worker';

export interface ExecutionOptions {
  readonly role: Role;
  /** Unique among the running nodes of one database; the same after a restart, so that a node finds its own runs. */
  readonly nodeId: string;
  /** Runs of one user that may run at the same time, over all nodes. */
  readonly runsPerUser: number;
  /** Unfinished runs that a user may have, running ones included; more are refused. */
  readonly unfinishedRunsPerUser: number;
  /** Models of agents by the agents' names, instead of those that the agents name themselves. */
  readonly agentModels?: Readonly<Record<string, string>>;
  /** What models cost; those without a price cost nothing that is known. */
  readonly modelPrices?: PriceTable;
  /** About how many tokens of conversation and tool results a model is told in one call. */
  readonly contextTokens: number;
  /** The model that summarises what is older; absent: it is left out. */
  readonly summaryModel?: string;
  /** What each user may use; users may have quotas of their own. */
  readonly quotas?: Partial<Quotas>;
  /** Model calls per run. */
  readonly maxSteps: number;
  /** Tool calls per run. */
  readonly maxToolCalls: number;
  /** Times per run that an agent hands work to another. */
  readonly maxDelegations: number;
  /** Longest run, in milliseconds. */
  readonly runTimeoutMs: number;
  /** Runs that this node executes at the same time. */
  readonly runsPerNode: number;
  /** How long a node may not be heard of before others take over its runs, in milliseconds. */
  readonly leaseMs: number;
  /** Share of the heap's limit, in percent, beyond which nothing new is accepted or taken. */
  readonly memoryLimitPercent: number;
  /** How long an owner may take to decide about a tool call, in milliseconds. */
  readonly approvalTimeoutMs: number;
  /** How long running runs may continue after a stop signal, in milliseconds; what is left continues after a restart. */
  readonly drainTimeoutMs: number;
}
