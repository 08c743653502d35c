import type { AgentDefinition } from '@bulkhead/execution';

/** An agent with one tool: what it is not given, it can't use, whatever its model asks for. */
export const mathematician: AgentDefinition = {
  name: 'mathematician',
  description: 'Solves arithmetic, and nothing else.',
  instructions: 'You solve arithmetic with the calculator. Decline everything else politely.',
  tools: ['calculator'],
};
