import type { AnthropicBlock } from './anthropic-wire.ts';
import { askDialect } from './asked-dialect.ts';

const user = { role: 'user', content: 'Hello' };
const saying = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }] });
const use = (id: string, more: object = {}) => ({ type: 'tool_use', id, name: 'add', input: {}, ...more });
const calling = (...blocks: object[]) => ({ role: 'assistant', content: blocks });
const result = (id: string, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  content: '2',
  ...more,
});
const answering = (...blocks: object[]) => ({ role: 'user', content: blocks });
const tool = (name: string, input_schema: unknown = { type: 'object', properties: {} }) => ({
  name,
  input_schema,
});
const text: AnthropicBlock = { type: 'text', text: 'so' };
const ask = (body: object) => askDialect('anthropic', { max_tokens: 100, ...body });
const at = (...messages: object[]) => ({ messages });

/** The rule, a request that breaks it, the nearest that doesn't, and what the first is told. */
type Case = [string, object, object, string];
const cases: Case[] = [
  ['a limit', { ...at(user), max_tokens: undefined }, at(user), 'max_tokens: Field required'],
  ['at least one message', at(), at(user), 'at least one message'],
  ['the user first', at(saying('Hi'), user), at(user, saying('Hi'), user), 'first message must use'],
  [
    'two roles only',
    at({ role: 'system', content: 'x' }),
    at(user),
    "messages.0.role: Input should be 'user' or 'assistant'",
  ],
  [
    'no empty turn',
    at(user, calling(), user),
    at(user, saying('Hi'), user),
    'messages.1: all messages must have non-empty content',
  ],
  ['no empty question', at({ role: 'user', content: '' }), at(user), 'non-empty content'],
  [
    'no empty text',
    at(user, saying(''), user),
    at(user, saying('x'), user),
    'text content blocks must be non-empty',
  ],
  ['no blank text', at(user, saying(' \n'), user), at(user, saying('x '), user), 'non-whitespace text'],
  [
    'no space at the end of a begun answer',
    at(user, saying('Hi ')),
    at(user, saying('Hi')),
    'trailing whitespace',
  ],
  [
    'ids of letters, digits, _ and -',
    at(user, calling(use('1.1')), answering(result('1.1'))),
    at(user, calling(use('1-1')), answering(result('1-1'))),
    "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
  [
    'different ids',
    at(user, calling(use('a')), answering(result('a')), calling(use('a')), answering(result('a'))),
    at(user, calling(use('a')), answering(result('a')), calling(use('b')), answering(result('b'))),
    '`tool_use` ids must be unique',
  ],
  [
    'names without dots',
    at(user, calling(use('a', { name: 'a.b' })), answering(result('a'))),
    at(user, calling(use('a', { name: 'a_b' })), answering(result('a'))),
    'tool_use.name: String should match pattern',
  ],
  [
    'arguments that are an object',
    at(user, calling(use('a', { input: '{}' })), answering(result('a'))),
    at(user, calling(use('a')), answering(result('a'))),
    'tool_use.input: Input should be a valid dictionary',
  ],
  [
    'a result to each call',
    at(user, calling(use('a'), use('b')), answering(result('a'))),
    at(user, calling(use('a'), use('b')), answering(result('b'), result('a'))),
    'without `tool_result` blocks immediately after: b',
  ],
  [
    'results before text',
    at(user, calling(use('a')), answering(text, result('a'))),
    at(user, calling(use('a')), answering(result('a'), text)),
    'without `tool_result` blocks immediately after: a',
  ],
  [
    'no result without a call',
    at(user, saying('Hi'), answering(result('a'))),
    at(user, saying('Hi'), answering(text)),
    'unexpected `tool_use_id`',
  ],
  [
    'one result to each call',
    at(user, calling(use('a')), answering(result('a'), result('a'))),
    at(user, calling(use('a')), answering(result('a'))),
    'single result',
  ],
  [
    'failures that say something',
    at(user, calling(use('a')), answering(result('a', { is_error: true, content: '' }))),
    at(user, calling(use('a')), answering(result('a', { content: '' }))),
    'content cannot be empty if `is_error` is true',
  ],
  [
    'thoughts that it signed',
    at(user, calling({ type: 'thinking', thinking: 'Hm.', signature: 'x' }, text), user),
    at(user, calling(text), user),
    'Invalid `signature` in `thinking` block',
  ],
  [
    'names of tools of at most 128 characters',
    { ...at(user), tools: [tool('a'.repeat(129))] },
    { ...at(user), tools: [tool('a'.repeat(128))] },
    "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  ],
  [
    'tools with a schema',
    { ...at(user), tools: [{ name: 'a' }] },
    { ...at(user), tools: [tool('a')] },
    'tools.0.custom.input_schema',
  ],
  [
    'schemas with a type',
    { ...at(user), tools: [tool('a', {})] },
    { ...at(user), tools: [tool('a')] },
    'input_schema.type: Field required',
  ],
  [
    'schemas of an object',
    { ...at(user), tools: [tool('a', { type: 'array' })] },
    { ...at(user), tools: [tool('a')] },
    "input_schema.type: Input should be 'object'",
  ],
  [
    'no choice at the top of a schema',
    { ...at(user), tools: [tool('a', { type: 'object', anyOf: [] })] },
    { ...at(user), tools: [tool('a')] },
    'at the top level',
  ],
  [
    'tools of different names',
    { ...at(user), tools: [tool('a'), tool('a')] },
    { ...at(user), tools: [tool('a'), tool('b')] },
    'must be unique',
  ],
];

describe("the fake of Anthropic's service", () => {
  it.each(cases)('demands %s', async (_, bad, good, message) => {
    expect(await ask(bad)).toEqual({
      status: 400,
      body: {
        type: 'error',
        error: { type: 'invalid_request_error', message: expect.stringContaining(message) },
        request_id: expect.stringMatching(/^req_/),
      },
    });
    expect(await ask(good)).toMatchObject({ status: 200, body: expect.stringContaining('Hello') });
  });

  it('demands a key, and a model that it has, and no more than fits', async () => {
    const body = { max_tokens: 100, messages: [user] };
    const error = (type: string, message: string) => ({
      type: 'error',
      error: { type, message: expect.stringContaining(message) },
    });
    expect(await askDialect('anthropic', body, { key: '' })).toMatchObject({
      status: 401,
      body: error('authentication_error', 'x-api-key'),
    });
    expect(await askDialect('anthropic', body, { model: 'gpt-9' })).toMatchObject({
      status: 404,
      body: error('not_found_error', 'model: gpt-9'),
    });
    expect(await askDialect('anthropic', body, { contextTokens: 10 })).toMatchObject({
      status: 400,
      body: error('invalid_request_error', 'prompt is too long'),
    });
  });
});
