import { Injectable, Scope } from '@nestjs/common';
import { UserContextScope, type JsonValue } from '@bulkhead/user-context';
import type { DelegateGrant } from '../agents/agent.contract.ts';
import { ExecutionEngineFactory } from './execution-engine.factory.ts';
import { StepStore } from '../steps/step-store.service.ts';
import type { EngineTask } from './engine-task.ts';

/** What a supervisor wants of one of its delegates. */
export interface DelegatedTask {
  readonly grant: DelegateGrant;
  readonly message: string;
  /** The supervisor's tool call. */
  readonly toolCallId: string;
  readonly signal: AbortSignal;
  readonly supervisor: EngineTask;
}

/** One sub-agent at its task, in a scope of its own. */
@Injectable({ scope: Scope.REQUEST })
export class SubAgentRun {
  constructor(
    private readonly scope: UserContextScope,
    private readonly engines: ExecutionEngineFactory,
    private readonly steps: StepStore,
  ) {}

  /** @throws what ends the sub-agent before its answer, or the signal's reason */
  async execute({ supervisor, ...task }: DelegatedTask): Promise<JsonValue> {
    const { toolCallId, message, grant } = task;
    const path = `${toolCallId}/`;
    const { text, finishReason, steps, toolCalls } = await this.engines
      .createForUser(this.scope.context)
      .run({
        agentName: grant.agent,
        conversation: [{ role: 'user', text: message }],
        contextTokens: supervisor.contextTokens,
        steps: this.steps.at(path),
        budget: supervisor.budget,
        clock: supervisor.clock,
        signal: AbortSignal.any([task.signal, this.scope.signal]),
        closing: this.scope.signal,
        delegation: { toolCallId, path, tools: narrow(supervisor.delegation?.tools, grant.tools) },
      });
    const end = finishReason === 'stop' ? {} : { finishReason };
    return { agent: grant.agent, answer: text, ...end, steps, toolCalls };
  }
}

/** What both lists allow; an absent list allows everything. */
function narrow(
  outer: readonly string[] | undefined,
  inner: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!outer || !inner) return outer ?? inner;
  return inner.filter((tool) => outer.includes(tool));
}
