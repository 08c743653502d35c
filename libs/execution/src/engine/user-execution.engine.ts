import type { EventBatch, UserEventEmitter } from '@bulkhead/events';
import type { ChatMessage, ModelReply } from '@bulkhead/models';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type { Agent, AgentFactory } from './agent.factory.ts';
import { answerEndOf } from '../runs/answer-end.ts';
import type { Delegation, EngineTask } from './engine-task.ts';
import type { EngineResult } from '../runs/run-outcome.ts';
import type { AgentBudget } from './run-budget.ts';
import { ContextWindow } from './context-window.ts';
import { TextStream } from './text-stream.ts';
import { ToolRound } from './tool-round.ts';

/**
 * Drives one agent for one context: model call, tool calls, model call … until the model answers without asking
 * for a tool. Made per unit of work by `ExecutionEngineFactory`, and never without a context.
 */
export class UserExecutionEngine {
  constructor(
    readonly context: UserExecutionContext,
    private readonly agentFactory: Pick<AgentFactory, 'create'>,
    private readonly eventEmitter: UserEventEmitter,
  ) {}

  /**
   * Settles when everything it began has stopped, its sub-agents too.
   * @throws RunLimitError, ModelFailedError, ModelGaveNoAnswerError, UnknownAgentError, errors of storing events, or the signal's reason
   */
  async run(task: EngineTask): Promise<EngineResult> {
    const agent = this.agentFactory.create(task.agentName, task.delegation?.tools);
    const team = agent.supervise?.(task);
    try {
      return await this.#drive(agent, task, new ToolRound(agent, task, team));
    } finally {
      await team?.dismiss();
    }
  }

  async #drive(agent: Agent, task: EngineTask, tools: ToolRound): Promise<EngineResult> {
    const { budget } = tools;
    const window = new ContextWindow(task.conversation, task.contextTokens);
    let inputTokens = 0;
    let outputTokens = 0;
    for (let step = 1; ; step++) {
      budget.spend('steps', [`${task.delegation?.path ?? ''}${step}`]);
      const reply = await this.#think(agent, window.messages, step, task);
      inputTokens += reply.usage.inputTokens;
      outputTokens += reply.usage.outputTokens;
      if (reply.toolCalls.length === 0) {
        const finishReason = answerEndOf(reply, agent.model);
        const { text } = reply;
        return { text, finishReason, ...this.#figures(task, budget), inputTokens, outputTokens };
      }
      window.add(await tools.execute(reply, step));
    }
  }

  #figures({ delegation, budget }: EngineTask, { own }: AgentBudget) {
    if (delegation) return own;
    return { steps: budget.count('steps'), toolCalls: budget.count('toolCalls') };
  }

  #think(
    agent: Agent,
    messages: readonly ChatMessage[],
    step: number,
    task: EngineTask,
  ): Promise<ModelReply> {
    const key = `model:${task.delegation?.path ?? ''}${step}`;
    return task.steps.run(key, async () => {
      task.signal.throwIfAborted();
      // Within the step, which outlasts an outage of the database; and in one round trip.
      const [attempt] = await Promise.all([this.#announce(agent, task, step, key), agent.assertQuotaLeft()]);
      const stream = new TextStream(this.eventEmitter, agent.name, step, `${key}:${attempt}`);
      const reply = await agent.think(
        messages,
        (text) => stream.push(text),
        task.signal,
        `${key}:${attempt}`,
      );
      await stream.end();
      return reply;
    });
  }

  /** A step that a crash interrupted announces a new attempt, so that clients drop the text of the last one. */
  async #announce(agent: Agent, { delegation }: EngineTask, step: number, key: string): Promise<number> {
    const before = step === 1 ? [startOf(agent, delegation)] : [];
    for (let attempt = 1; ; attempt++) {
      const thinking: EventBatch = {
        agentName: agent.name,
        key: `${key}:${attempt}`,
        events: [{ type: 'agent_thinking', data: { step, attempt } }],
      };
      const stored = await this.eventEmitter.emitAll(attempt === 1 ? [...before, thinking] : [thinking]);
      if (stored.at(-1)?.length) return attempt;
    }
  }
}

function startOf({ name, model }: Agent, delegation: Delegation | undefined): EventBatch {
  const { toolCallId } = delegation ?? {};
  return {
    agentName: name,
    key: toolCallId === undefined ? 'started' : `started:${toolCallId}`,
    events: [{ type: 'agent_started', data: { model, ...(toolCallId !== undefined && { toolCallId }) } }],
  };
}
