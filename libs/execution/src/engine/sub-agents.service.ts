import { Injectable } from '@nestjs/common';
import { ToolRefusalError, type ToolInvocation } from '@bulkhead/tools';
import { ScopeRunner, type JsonValue } from '@bulkhead/user-context';
import { SubAgentRun } from './sub-agent-run.service.ts';
import { DelegationRegistry } from './delegation-registry.service.ts';

/** A part of the work, for one of the supervisor's delegates. */
export interface Assignment {
  readonly agent: string;
  readonly task: string;
}

/** How deep agents may delegate; the run's own agent is at depth 0. */
const MAX_DELEGATION_DEPTH = 3;

/** Puts sub-agents to work, each in a child context and a scope of its own. */
@Injectable()
export class SubAgents {
  constructor(
    private readonly scopes: ScopeRunner,
    private readonly teams: DelegationRegistry,
  ) {}

  /**
   * Works off one assignment of the invocation's agent.
   * @throws ToolRefusalError for an agent that is no delegate, and beyond the greatest depth
   * @throws what ended the sub-agent
   */
  async delegate({ agent, task }: Assignment, invocation: ToolInvocation): Promise<JsonValue> {
    const { context, toolCallId, signal } = invocation;
    const team = this.teams.find(context);
    const delegates = team?.definition.delegates ?? [];
    const grant = delegates.find((candidate) => candidate.agent === agent);
    if (!team || !grant) {
      const names = delegates.map((delegate) => delegate.agent).join(', ') || 'nobody';
      throw new ToolRefusalError(`You can delegate to: ${names}. Use one of these names.`);
    }
    if (context.operationDepth >= MAX_DELEGATION_DEPTH) {
      throw new ToolRefusalError('Work can not be handed on any further from here. Do it yourself.');
    }
    const child = context.createChild(`delegate:${agent}`);
    const working = this.scopes.run(
      child,
      SubAgentRun,
      (work) => work.execute({ grant, message: task, toolCallId, signal, supervisor: team.task }),
      { signal: team.task.closing },
    );
    team.children.add(working);
    return working.finally(() => team.children.delete(working));
  }
}
