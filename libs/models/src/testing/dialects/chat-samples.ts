import { expect } from '@jest/globals';

/** Pieces of requests, and of what is said to them, for the specs of the fakes with chat completions. */
export const user = { role: 'user', content: 'Hello' };
export const said = { role: 'assistant', content: 'Hi' };
export const call = (id: string, name = 'add', args: unknown = '{"x":1}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
export const calling = (...calls: object[]) => ({ role: 'assistant', content: null, tool_calls: calls });
export const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: '2' });
export const tool = (name: string, parameters: object = { type: 'object', properties: {} }) => ({
  type: 'function',
  function: { name, description: '-', parameters },
});
export const saying = (message: string): unknown => expect.stringContaining(message);
export const flat = (type: string, message: string, code: string) => ({
  ...{ object: 'error', message: saying(message), type, param: null, code },
});
export const error = (fields: object): object => ({ error: expect.objectContaining(fields) as unknown });
