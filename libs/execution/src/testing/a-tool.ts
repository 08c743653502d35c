import type { Tool } from '@bulkhead/tools';

/** A tool that takes anything and does what a spec wants; everybody who signs up in a spec may use it. */
export const aTool = (name: string, execute: Tool['execute']): Tool => ({
  name,
  description: 'Does what a spec wants.',
  permission: 'tools:spec',
  sideEffect: 'once',
  parameters: { type: 'object', additionalProperties: true },
  execute,
});
