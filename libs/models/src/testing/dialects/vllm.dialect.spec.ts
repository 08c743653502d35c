import { idOf, tryRule, type ChatCase } from './chat-cases.ts';
import { call, calling, error, result, said, saying, user } from './chat-samples.ts';

const v = idOf('vllm');
const cases: ChatCase[] = [
  [
    'a user and a model that alternate',
    { messages: [user, user] },
    { messages: [user, said, user] },
    400,
    error({ code: 400, type: 'BadRequestError', message: saying('conversation roles must alternate') }),
  ],
  [
    'that also after a call',
    { messages: [user, calling(call(v)), result(v), user] },
    { messages: [user, calling(call(v)), result(v), said, user] },
    400,
    error({ message: saying('must alternate') }),
  ],
  [
    'ids of nine characters',
    { messages: [user, calling(call('call_1')), result('call_1')] },
    { messages: [user, calling(call(v)), result(v)] },
    400,
    error({ message: saying('length 9') }),
  ],
  [
    'arguments that are an object',
    { messages: [user, calling(call(v, 'add', 'x')), result(v)] },
    { messages: [user, calling(call(v)), result(v)] },
    400,
    error({ message: saying('mapping') }),
  ],
  [
    'content of the user',
    { messages: [{ role: 'user', content: null }] },
    { messages: [user] },
    400,
    error({ message: saying('valid string') }),
  ],
  [
    'instructions at the beginning only',
    { messages: [user, { role: 'system', content: 'x' }] },
    { messages: [{ role: 'system', content: 'x' }, user] },
    400,
    error({ message: saying('initial optional system message') }),
  ],
];

describe("the fake of vLLM's service", () => {
  it.each(cases)('demands %s', (...rule) => tryRule('vllm', rule));
});
