import { idOf, tryRule, type ChatCase } from './chat-cases.ts';
import { call, calling, flat, result, said, user } from './chat-samples.ts';

const m = idOf('mistral');
const cases: ChatCase[] = [
  [
    'ids of nine letters and digits',
    { messages: [user, calling(call('call_1')), result('call_1')] },
    { messages: [user, calling(call(m)), result(m)] },
    400,
    flat('invalid_function_call', 'Tool call id was call_1 but must be', '3280'),
  ],
  [
    'names without dots',
    { messages: [user, calling(call(m, 'a.b')), result(m)] },
    { messages: [user, calling(call(m, 'a_b')), result(m)] },
    400,
    flat('invalid_function_call', 'Function name was a.b', '3280'),
  ],
  [
    'no user directly after a result',
    { messages: [user, calling(call(m)), result(m), user] },
    { messages: [user, calling(call(m)), result(m), said, user] },
    400,
    flat('invalid_request_message_order', "Unexpected role 'user' after role 'tool'", '3230'),
  ],
  [
    'the user or a result at the end',
    { messages: [user, said] },
    { messages: [user, said, user] },
    400,
    flat('invalid_request_message_order', 'but got assistant', '3230'),
  ],
  [
    'as many results as calls',
    { messages: [user, calling(call(m), call(idOf('mistral', 2))), result(m), said, user] },
    { messages: [user, calling(call(m)), result(m), said, user] },
    400,
    flat('invalid_request_message_order', 'Not the same number', '3230'),
  ],
  [
    'no empty turn',
    { messages: [user, { ...said, content: '' }, user] },
    { messages: [user, said, user] },
    400,
    flat('invalid_request_assistant_message', 'but not none', '3240'),
  ],
  [
    'at least one message',
    { messages: [] },
    { messages: [user] },
    400,
    flat('invalid_request_message_order', 'at least one message', '3230'),
  ],
  [
    'no fields that it does not know',
    { messages: [user], stream_options: { include_usage: true } },
    { messages: [user], stream: true },
    422,
    {
      message: {
        detail: [expect.objectContaining({ type: 'extra_forbidden', loc: ['body', 'stream_options'] })],
      },
    },
  ],
  [
    'no thoughts of other services',
    { messages: [user, { ...said, reasoning_content: 'Hm.' }, user] },
    { messages: [user, said, user] },
    422,
    {
      message: {
        detail: [expect.objectContaining({ loc: ['body', 'messages', 1, 'assistant', 'reasoning_content'] })],
      },
    },
  ],
];

describe("the fake of Mistral's service", () => {
  it.each(cases)('demands %s', (...rule) => tryRule('mistral', rule));
});
