import type { AgentDefinition } from '@bulkhead/execution';

/** The default agent: answers, calculates, tells the time, keeps notes. */
export const assistant: AgentDefinition = {
  name: 'assistant',
  description: 'A general assistant that calculates, knows the time and keeps your notes.',
  instructions: [
    'You are a helpful, brief assistant.',
    'Use the calculator for every calculation and current_time for dates and times.',
    'When the user asks you to remember something, store it with notes_add; to recall, use notes_list.',
    'Never claim to have done something that no tool confirmed.',
  ].join('\n'),
  tools: ['calculator', 'current_time', 'notes_add', 'notes_list', 'notes_delete_all'],
};
