import { Inject, Injectable, Scope } from '@nestjs/common';
import type { CallUsage } from '@bulkhead/models';
import { UserDatabaseSession } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { costOf } from './model-price.ts';
import { UserQuota } from './user-quota.service.ts';

/** A model call that came to its end, whichever. */
export interface UsedCall {
  /** Names the attempt, unique within the run. */
  readonly key: string;
  readonly agentName: string;
  /** Provider and model. */
  readonly model: string;
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  readonly usage: CallUsage;
  /** Tool calls that it asked for; none by default. */
  readonly toolCalls?: number;
}

/** Writes down what the context's model calls use, each once. */
@Injectable({ scope: Scope.REQUEST })
export class UsageRecorder {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
    private readonly quota: UserQuota,
    @Inject(EXECUTION_OPTIONS) private readonly options: Pick<ExecutionOptions, 'modelPrices'>,
  ) {}

  /** To be asked before each model call. @throws QuotaExceededError */
  assertQuotaLeft(): Promise<void> {
    return this.quota.assertLeft();
  }

  /** The call, and the day's sums, with whatever the session stores next. */
  record({ key, agentName, model, outcome, usage, toolCalls = 0 }: UsedCall): void {
    const { runId, userId } = this.context;
    const cost = costOf(this.options.modelPrices ?? {}, model, usage);
    const { inputTokens, outputTokens, isEstimated } = usage;
    const values = [
      ...[runId, key, userId, agentName, model, outcome],
      ...[inputTokens, outputTokens, isEstimated, cost ?? null],
    ];
    this.session.ride(
      (literal) =>
        `WITH added AS (
           INSERT INTO bulkhead.model_calls
             (run_id, call_key, user_id, agent_name, model, outcome, input_tokens, output_tokens, is_estimated, cost_nano)
           VALUES (${values.map(literal).join(', ')})
           ON CONFLICT DO NOTHING RETURNING *
         )
         INSERT INTO bulkhead.usage_days AS d
           (user_id, day, agent_name, model, model_calls, tool_calls, input_tokens, output_tokens, cost_nano, estimated_calls, unpriced_calls)
         SELECT user_id, (at AT TIME ZONE 'UTC')::date, agent_name, model, 1, ${literal(toolCalls)}, input_tokens, output_tokens,
                coalesce(cost_nano, 0), is_estimated::int, (cost_nano IS NULL)::int FROM added
         ON CONFLICT (user_id, day, agent_name, model) DO UPDATE
           SET model_calls = d.model_calls + 1,
               tool_calls = d.tool_calls + excluded.tool_calls,
               input_tokens = d.input_tokens + excluded.input_tokens,
               output_tokens = d.output_tokens + excluded.output_tokens,
               cost_nano = d.cost_nano + excluded.cost_nano,
               estimated_calls = d.estimated_calls + excluded.estimated_calls,
               unpriced_calls = d.unpriced_calls + excluded.unpriced_calls`,
    );
  }
}
