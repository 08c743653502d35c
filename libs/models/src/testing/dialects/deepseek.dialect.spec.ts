import { idOf, tryRule, type ChatCase } from './chat-cases.ts';
import { call, calling, error, result, said, saying, tool, user } from './chat-samples.ts';

const d = idOf('deepseek');
const cases: ChatCase[] = [
  [
    'a content in each message',
    { messages: [{ role: 'user' }] },
    { messages: [user] },
    422,
    error({ message: saying('messages[0]: missing field `content`') }),
  ],
  [
    'content or calls',
    { messages: [user, { ...said, content: null }, user] },
    { messages: [user, said, user] },
    400,
    error({ message: saying('content or tool_calls must be set') }),
  ],
  [
    'names without dots',
    { messages: [user], tools: [tool('a.b')] },
    { messages: [user], tools: [tool('a_b')] },
    400,
    error({ message: saying("Invalid 'tools[0].function.name'") }),
  ],
  [
    'an answer to each call',
    { messages: [user, calling(call(d)), user] },
    { messages: [user, calling(call(d)), result(d), user] },
    400,
    error({ message: saying('insufficient tool messages') }),
  ],
  [
    'no answer without a call',
    { messages: [user, result(d)] },
    { messages: [user, calling(call(d)), result(d)] },
    400,
    error({ message: saying('must be a response to a preceding') }),
  ],
];

describe("the fake of DeepSeek's service", () => {
  it.each(cases)('demands %s', (...rule) => tryRule('deepseek', rule));
});
