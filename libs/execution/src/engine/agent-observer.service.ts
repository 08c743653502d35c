import { Injectable, Logger } from '@nestjs/common';
import { Metrics, Tracing, type SpanAttributes } from '@bulkhead/telemetry';
import { ToolRegistry } from '@bulkhead/tools';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type { Agent } from './agent.factory.ts';

/** Counts, times and traces what agents do, and writes a line for each of their steps. What is said is not looked at. */
@Injectable()
export class AgentObserver {
  readonly #logger = new Logger('Steps');

  constructor(
    private readonly metrics: Metrics,
    private readonly tracing: Tracing,
    private readonly tools: ToolRegistry,
  ) {}

  /** The same agent, watched. */
  watch(agent: Agent, context: UserExecutionContext): Agent {
    return {
      ...agent,
      think: (...asked) => this.#think(agent, context, ...asked),
      act: (...asked) => this.#act(agent, context, ...asked),
    };
  }

  #think(
    agent: Agent,
    context: UserExecutionContext,
    ...[messages, onText, signal, key]: Parameters<Agent['think']>
  ): ReturnType<Agent['think']> {
    const [provider = ''] = agent.model.split(':', 1);
    const attributes = { ...idsOf(context), 'agent.name': agent.name, 'model.name': agent.model };
    return this.tracing.span('model', { kind: 'client', attributes }, async (span) => {
      const startedAt = performance.now();
      let firstTextAt: number | undefined;
      const first = (text: string): void | Promise<void> => {
        firstTextAt ??= performance.now();
        return onText(text);
      };
      let outcome: 'completed' | 'failed' | 'cancelled' = 'failed';
      try {
        const reply = await agent.think(messages, first, signal, key);
        outcome = 'completed';
        const { inputTokens, outputTokens } = reply.usage;
        this.metrics.count('bulkhead_model_tokens_total', { provider, direction: 'input' }, inputTokens);
        this.metrics.count('bulkhead_model_tokens_total', { provider, direction: 'output' }, outputTokens);
        span.set({ 'model.input_tokens': inputTokens, 'model.output_tokens': outputTokens });
        return reply;
      } catch (error) {
        if (signal.aborted) outcome = 'cancelled';
        throw error;
      } finally {
        const endedAt = performance.now();
        const seconds = (endedAt - startedAt) / 1000;
        this.metrics.count('bulkhead_steps_total', {
          kind: 'model',
          outcome: outcome === 'completed' ? 'completed' : 'failed',
        });
        this.metrics.count('bulkhead_model_calls_total', { provider, outcome });
        this.metrics.observe('bulkhead_model_call_seconds', seconds, { provider });
        if (firstTextAt !== undefined)
          this.metrics.observe('bulkhead_model_first_text_seconds', (firstTextAt - startedAt) / 1000, {
            provider,
          });
        this.#tell(context, { step: 'model', agentName: agent.name, outcome, seconds });
      }
    });
  }

  #act(
    agent: Agent,
    context: UserExecutionContext,
    ...[call, signal]: Parameters<Agent['act']>
  ): ReturnType<Agent['act']> {
    // A model may ask for a tool by any name that it likes.
    const tool = this.tools.find(call.toolName) ? call.toolName : 'unknown';
    const attributes = { ...idsOf(context), 'agent.name': agent.name, 'tool.name': tool };
    return this.tracing.span('tool', { attributes }, async (span) => {
      const startedAt = performance.now();
      let outcome: 'completed' | 'failed' = 'failed';
      try {
        const report = await agent.act(call, signal);
        outcome = 'completed';
        span.set({ 'tool.outcome': report.outcome });
        this.metrics.count('bulkhead_tool_calls_total', { tool, outcome: report.outcome });
        return report;
      } finally {
        const seconds = (performance.now() - startedAt) / 1000;
        this.metrics.count('bulkhead_steps_total', { kind: 'tool', outcome });
        this.metrics.observe('bulkhead_tool_call_seconds', seconds, { tool });
        this.#tell(context, { step: 'tool', agentName: agent.name, toolName: tool, outcome, seconds });
      }
    });
  }

  #tell(
    { requestId, userId, threadId, runId }: UserExecutionContext,
    { seconds, ...step }: { readonly seconds: number; readonly [field: string]: unknown },
  ): void {
    const durationMs = Math.round(seconds * 1000);
    this.#logger.debug({ requestId, userId, threadId, runId, ...step, durationMs });
  }
}

const idsOf = ({ requestId, threadId, runId, operationDepth }: UserExecutionContext): SpanAttributes => ({
  'request.id': requestId,
  'thread.id': threadId,
  'run.id': runId,
  'agent.depth': operationDepth,
});
