import type { AnswerEnd } from '@bulkhead/events';
import type { ProblemDetails } from '@bulkhead/errors';

/** The answer of a finished run, and its figures. */
export interface EngineResult {
  readonly text: string;
  readonly finishReason: AnswerEnd;
  /** Of a run: those of its sub-agents included. */
  readonly steps: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How a run ended. */
export type RunOutcome =
  | ({ readonly state: 'completed' } & EngineResult)
  | { readonly state: 'failed' | 'timed_out'; readonly problem: ProblemDetails }
  | { readonly state: 'cancelled' };
