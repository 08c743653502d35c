import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ToolRegistry, type Tool, type ToolInvocation } from '@bulkhead/tools';
import type { JsonValue } from '@bulkhead/user-context';
import { DELEGATE, delegateDescription, taskSchema } from './delegate-offer.ts';
import { SubAgents, type Assignment } from './sub-agents.service.ts';

/** The run's own time limit is the one that counts. */
const TIMEOUT_MS = 2 ** 31 - 1;

/** How a supervisor reaches its sub-agents. Agents without delegates are not given it. */
@Injectable()
export class DelegateTool implements Tool<Assignment>, OnModuleInit {
  readonly name = DELEGATE;
  readonly description = delegateDescription;
  readonly permission = 'agents:delegate';
  /** What a sub-agent has finished is not done again. */
  readonly sideEffect = 'idempotent';
  readonly timeoutMs = TIMEOUT_MS;
  readonly isContainer = true;
  /** The calls of its sub-agents count for themselves. */
  readonly readsPrivateData = false;
  readonly parameters = {
    type: 'object',
    properties: { agent: { type: 'string', minLength: 1, maxLength: 100 }, task: taskSchema },
    required: ['agent', 'task'],
  } as const;

  constructor(
    private readonly registry: ToolRegistry,
    private readonly subAgents: SubAgents,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  execute(assignment: Assignment, invocation: ToolInvocation): Promise<JsonValue> {
    return this.subAgents.delegate(assignment, invocation);
  }
}
