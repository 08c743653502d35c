import { tryRule, type ChatCase } from './chat-cases.ts';
import { call, calling, error, result, said, saying, user } from './chat-samples.ts';

const cases: ChatCase[] = [
  [
    'at least one message',
    { messages: [] },
    { messages: [user] },
    400,
    error({ type: 'invalid_request_error', message: saying('too short') }),
  ],
  [
    'content where there are no calls',
    { messages: [user, { ...said, content: null }] },
    { messages: [user, said] },
    400,
    error({ message: 'invalid message content type: <nil>' }),
  ],
  [
    'arguments that are an object',
    { messages: [user, calling(call('a', 'add', '[]')), result('a')] },
    { messages: [user, calling(call('a')), result('a')] },
    400,
    error({ message: 'invalid tool call arguments' }),
  ],
];

describe("the fake of Ollama's service", () => {
  it.each(cases)('demands %s', (...rule) => tryRule('ollama', rule));
});
