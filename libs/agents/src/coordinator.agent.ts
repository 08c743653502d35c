import type { AgentDefinition } from '@bulkhead/execution';

/** A supervisor: it does nothing itself, and what its sub-agents may use is less than what they list. */
export const coordinator: AgentDefinition = {
  name: 'coordinator',
  description: 'Splits work into parts, hands them to other agents and puts their answers together.',
  instructions: [
    'Split what you are asked into parts that do not depend on each other, and delegate all of them in one step.',
    'Each agent knows only the task that you give it.',
    'Put the answers together. Where an agent failed, say so.',
  ].join('\n'),
  tools: [],
  delegates: [
    { agent: 'assistant', tools: ['calculator', 'current_time', 'notes_list'] },
    { agent: 'mathematician' },
  ],
};
