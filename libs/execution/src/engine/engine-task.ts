import type { ChatMessage } from '@bulkhead/models';
import type { Checkpoints } from '../steps/checkpoints.ts';
import type { RunBudget } from './run-budget.ts';
import type { RunTimer } from './run-timer.ts';

/** The work of an engine. */
export interface EngineTask {
  readonly agentName: string;
  /** The conversation up to and with the message to answer. */
  readonly conversation: readonly ChatMessage[];
  /** About how many tokens the model is told at most. */
  readonly contextTokens: number;
  readonly steps: Checkpoints;
  /** The run's, which all of its agents share. */
  readonly budget: RunBudget;
  /** Aborts on cancel, time limit and shutdown; `run` then throws its reason. */
  readonly signal: AbortSignal;
  /** Measures the run's time. */
  readonly clock: RunTimer;
  /** Aborts when the work is not to end, but to be continued elsewhere. */
  readonly closing: AbortSignal;
  /** Present for a sub-agent. */
  readonly delegation?: Delegation;
}

/** How a sub-agent came to its task. */
export interface Delegation {
  /** The supervisor's tool call. */
  readonly toolCallId: string;
  /** Begins the names of everything the sub-agent does. */
  readonly path: string;
  /** The tools it may use at most; absent: all that it lists. */
  readonly tools?: readonly string[] | undefined;
}
