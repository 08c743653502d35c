import type { ToolOffer } from '@bulkhead/models';
import type { DelegateGrant } from '../agents/agent.contract.ts';
import type { AgentRegistry } from '../agents/agent-registry.service.ts';

/** The name of the tool with which agents delegate. */
export const DELEGATE = 'delegate';

export const delegateDescription =
  'Hands a part of the work to another agent and gives its answer. It knows nothing but the task: put everything it needs in it. Tasks that do not depend on each other can be handed out at once.';

export const taskSchema = { type: 'string', minLength: 1, maxLength: 20_000 } as const;

/** The offer of the tool to an agent with these delegates: it names them. */
export function delegateOffer(delegates: readonly DelegateGrant[], agents: AgentRegistry): ToolOffer {
  const names = delegates.map(({ agent }) => agent);
  const team = names.map((name) => `${name}: ${agents.get(name).description}`);
  return {
    name: DELEGATE,
    description: [delegateDescription, 'The agents:', ...team].join('\n'),
    parameters: {
      type: 'object',
      properties: { agent: { type: 'string', enum: names }, task: taskSchema },
      required: ['agent', 'task'],
    },
  };
}
