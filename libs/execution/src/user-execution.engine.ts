import type { UserEventEmitter } from '@bulkhead/events';
import type { ChatMessage, ModelReply } from '@bulkhead/models';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type { Agent, AgentFactory } from './agent.factory.ts';
import type { DurableSteps } from './durable-steps.ts';
import { RunLimitError } from './execution.errors.ts';
import { TextStream } from './text-stream.ts';

export interface EngineLimits {
  /** Model calls. */
  readonly maxSteps: number;
  readonly maxToolCalls: number;
}

/** What an engine is asked to do. */
export interface EngineTask {
  readonly agentName: string;
  /** The conversation up to and with the message to answer. */
  readonly conversation: readonly ChatMessage[];
  readonly steps: DurableSteps;
  readonly limits: EngineLimits;
  /** Aborts on cancel, time limit and shutdown; `run` then throws its reason. */
  readonly signal: AbortSignal;
}

/** What a finished run amounts to. */
export interface EngineResult {
  readonly text: string;
  readonly steps: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Drives one agent for one context: model call, tool calls, model call … until the model answers without asking
 * for a tool. Made per unit of work by `ExecutionEngineFactory`, and never without a context.
 */
export class UserExecutionEngine {
  constructor(
    readonly context: UserExecutionContext,
    private readonly agentFactory: AgentFactory,
    private readonly eventEmitter: UserEventEmitter,
  ) {}

  /** @throws RunLimitError, ModelFailedError, UnknownAgentError, errors of storing events, or the signal's reason */
  async run(task: EngineTask): Promise<EngineResult> {
    const agent = this.agentFactory.create(task.agentName);
    const { limits } = task;
    const messages = [...task.conversation];
    let toolCalls = 0;
    let inputTokens = 0;
    let outputTokens = 0;
    for (let step = 1; step <= limits.maxSteps; step++) {
      const reply = await this.#think(agent, messages, step, task);
      inputTokens += reply.usage.inputTokens;
      outputTokens += reply.usage.outputTokens;
      if (reply.toolCalls.length === 0) {
        return { text: reply.text, steps: step, toolCalls, inputTokens, outputTokens };
      }
      toolCalls += reply.toolCalls.length;
      if (toolCalls > limits.maxToolCalls) throw new RunLimitError('tool calls', limits.maxToolCalls);
      messages.push(...(await this.#act(agent, reply, step, task)));
    }
    throw new RunLimitError('steps', limits.maxSteps);
  }

  #think(
    agent: Agent,
    messages: readonly ChatMessage[],
    step: number,
    task: EngineTask,
  ): Promise<ModelReply> {
    return task.steps.run(`model:${step}`, async () => {
      task.signal.throwIfAborted();
      // Within the step, which outlasts an outage of the database.
      if (step === 1) await this.#announceStart(agent);
      const attempt = await this.#announceAttempt(agent, step);
      const key = `model:${step}:${attempt}`;
      const stream = new TextStream(this.eventEmitter, agent.name, step, key);
      const reply = await agent.think(messages, (text) => stream.push(text), task.signal);
      await stream.end();
      return reply;
    });
  }

  #announceStart({ name, model }: Agent): Promise<unknown> {
    return this.eventEmitter.emit({
      agentName: name,
      key: 'started',
      events: [{ type: 'agent_started', data: { model } }],
    });
  }

  /** A step that a crash interrupted announces a new attempt, so that clients drop the text of the last one. */
  async #announceAttempt(agent: Agent, step: number): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const stored = await this.eventEmitter.emit({
        agentName: agent.name,
        key: `model:${step}:${attempt}`,
        events: [{ type: 'agent_thinking', data: { step, attempt } }],
      });
      if (stored.length > 0) return attempt;
    }
  }

  /** The reply and its tools' results, as the messages that the next model call continues from. */
  async #act(agent: Agent, reply: ModelReply, step: number, task: EngineTask): Promise<ChatMessage[]> {
    // Providers choose call ids as they like; ours are unique within the run and the same on every attempt.
    const calls = reply.toolCalls.map((call, index) => ({ ...call, id: `${step}.${index + 1}` }));
    const messages: ChatMessage[] = [{ role: 'assistant', text: reply.text, toolCalls: calls }];
    for (const call of calls) {
      const report = await task.steps.run(`tool:${call.id}`, async () => {
        task.signal.throwIfAborted();
        const args: unknown = 'arguments' in call ? call.arguments : call.invalidArguments;
        return agent.act({ toolCallId: call.id, toolName: call.name, arguments: args }, task.signal);
      });
      task.signal.throwIfAborted();
      messages.push({
        role: 'tool',
        toolCallId: call.id,
        toolName: call.name,
        result: report.result ?? { ...report.problem },
        isError: report.outcome !== 'succeeded',
      });
    }
    return messages;
  }
}
