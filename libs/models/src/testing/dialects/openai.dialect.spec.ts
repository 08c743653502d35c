import { tryRule, type ChatCase } from './chat-cases.ts';
import { call, calling, error, result, said, saying, tool, user } from './chat-samples.ts';

const cases: ChatCase[] = [
  [
    'a conversation with messages',
    { messages: [] },
    { messages: [user] },
    400,
    error({ code: 'empty_array', param: 'messages' }),
  ],
  [
    'no empty list of tools',
    { messages: [user], tools: [] },
    { messages: [user] },
    400,
    error({ code: 'empty_array', param: 'tools' }),
  ],
  [
    'roles that it knows',
    { messages: [{ ...user, role: 'model' }] },
    { messages: [user] },
    400,
    error({ code: 'invalid_value', param: 'messages[0].role' }),
  ],
  [
    'names without dots',
    { messages: [user], tools: [tool('a.b')] },
    { messages: [user], tools: [tool('a_b')] },
    400,
    error({ code: 'invalid_value', param: 'tools[0].function.name' }),
  ],
  [
    'names of at most 64 characters',
    { messages: [user], tools: [tool('a'.repeat(65))] },
    { messages: [user], tools: [tool('a'.repeat(64))] },
    400,
    error({ code: 'string_above_max_length' }),
  ],
  [
    'such names in the conversation too',
    { messages: [user, calling(call('a', 'a.b')), result('a')] },
    { messages: [user, calling(call('a', 'a_b')), result('a')] },
    400,
    error({ code: 'invalid_value', param: 'messages[1].tool_calls[0].function.name' }),
  ],
  [
    'ids of at most 40 characters',
    { messages: [user, calling(call('a'.repeat(41))), result('a'.repeat(41))] },
    { messages: [user, calling(call('a'.repeat(40))), result('a'.repeat(40))] },
    400,
    error({ code: 'string_above_max_length', param: 'messages[1].tool_calls[0].id' }),
  ],
  [
    'arguments that are text',
    { messages: [user, calling(call('a', 'add', {})), result('a')] },
    { messages: [user, calling(call('a', 'add', '{}')), result('a')] },
    400,
    error({ code: 'invalid_type' }),
  ],
  [
    'content where there are no calls',
    { messages: [user, { ...said, content: null }, user] },
    { messages: [user, { ...said, content: '' }, user] },
    400,
    error({ param: 'messages.[1].content', message: saying('got null') }),
  ],
  [
    'an answer to each call',
    { messages: [user, calling(call('a'), call('b')), result('a')] },
    { messages: [user, calling(call('a'), call('b')), result('a'), result('b')] },
    400,
    error({ param: 'messages.[2].role', message: saying('did not have response messages: b') }),
  ],
  [
    'answers directly after the calls',
    { messages: [user, calling(call('a')), user, result('a')] },
    { messages: [user, calling(call('a')), result('a'), user] },
    400,
    error({ message: saying('did not have response messages: a') }),
  ],
  [
    'no answer without a call',
    { messages: [user, said, result('a')] },
    { messages: [user, said] },
    400,
    error({ param: 'messages.[2].role', message: saying('must be a response') }),
  ],
  [
    'one answer to each call',
    { messages: [user, calling(call('a')), result('a'), result('a')] },
    { messages: [user, calling(call('a')), result('a')] },
    400,
    error({ message: saying('must be a response') }),
  ],
  [
    'schemas of an object',
    { messages: [user], tools: [tool('a', {})] },
    { messages: [user], tools: [tool('a')] },
    400,
    error({ code: 'invalid_function_parameters', message: saying('type: "None"') }),
  ],
  [
    'schemas with properties',
    { messages: [user], tools: [tool('a', { type: 'object' })] },
    { messages: [user], tools: [tool('a')] },
    400,
    error({ code: 'invalid_function_parameters', message: saying('missing properties') }),
  ],
  [
    'no choice at the top of a schema',
    { messages: [user], tools: [tool('a', { type: 'object', properties: {}, anyOf: [] })] },
    { messages: [user], tools: [tool('a')] },
    400,
    error({ code: 'invalid_function_parameters' }),
  ],
  [
    'arrays that say of what',
    { messages: [user], tools: [tool('a', { type: 'object', properties: { b: { type: 'array' } } })] },
    {
      messages: [user],
      tools: [tool('a', { type: 'object', properties: { b: { type: 'array', items: {} } } })],
    },
    400,
    error({ message: saying("('properties', 'b'), array schema missing items") }),
  ],
];

describe("the fake of OpenAI's service", () => {
  it.each(cases)('demands %s', (...rule) => tryRule('openai', rule));
});
