import { tryRule, type ChatCase } from './chat-cases.ts';
import { call, calling, error, result, said, saying, user } from './chat-samples.ts';

const cases: ChatCase[] = [
  [
    'a user and a model that alternate',
    { messages: [user, user] },
    { messages: [user, said, user] },
    500,
    error({
      code: 500,
      type: 'server_error',
      message: saying('Jinja Exception: After the optional system message'),
    }),
  ],
  [
    'the user first',
    { messages: [said, user] },
    { messages: [user, said] },
    500,
    error({ type: 'server_error' }),
  ],
  [
    'instructions at the beginning only',
    { messages: [user, { role: 'system', content: 'x' }] },
    { messages: [{ role: 'system', content: 'x' }, user] },
    500,
    error({ type: 'server_error' }),
  ],
  [
    'content of the user',
    { messages: [{ role: 'user', content: null }] },
    { messages: [user] },
    400,
    error({ type: 'invalid_request_error', message: saying("must contain 'content'") }),
  ],
  [
    'content or calls',
    { messages: [user, { role: 'assistant' }, user] },
    { messages: [user, said, user] },
    400,
    error({ message: saying("Expected 'content' or 'tool_calls'") }),
  ],
  [
    'arguments that are an object',
    { messages: [user, calling(call('a', 'add', 'x')), result('a')] },
    { messages: [user, calling(call('a')), result('a')] },
    500,
    error({ message: saying('arguments as JSON') }),
  ],
];

describe("the fake of llama.cpp's service", () => {
  it.each(cases)('demands %s', (...rule) => tryRule('llama.cpp', rule));
});
