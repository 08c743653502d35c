import { alternates, callsOf, hasLateSystem, isJsonObject, isSilent } from './chat-rules.ts';
import { chatFrames, type ChatBody } from './chat-wire.ts';
import { checking, type ProviderDialect, type ServiceRefusal, type DialectRule } from './dialect.contract.ts';

const refuse = (message: string, type = 'BadRequestError', code = 400): ServiceRefusal => ({
  status: code,
  body: { error: { message, type, param: null, code } },
});

const lateSystem =
  'Only user and assistant roles are supported, with the exception of an initial optional system message!';

const template: DialectRule<ChatBody> = (body) => {
  const { messages } = body;
  if (hasLateSystem(messages)) return refuse(lateSystem);
  if (!alternates(messages)) {
    const rule =
      'After the optional system message, conversation roles must alternate user/assistant/user/assistant/...';
    // The newer server says it twice.
    return refuse(`${rule} ${rule}`);
  }
  const ids = [...callsOf(body).map(({ call }) => call.id), ...messages.flatMap((m) => m.tool_call_id ?? [])];
  return ids.some((id) => id.length !== 9)
    ? refuse('Tool call IDs should be alphanumeric strings with length 9!')
    : undefined;
};

const writtenArguments: DialectRule<ChatBody> = (body) => {
  const bad = callsOf(body).find(({ call }) => !isJsonObject(call.function.arguments));
  return bad && refuse(`Can only get item pairs from a mapping. (${bad.at})`);
};

const filled: DialectRule<ChatBody> = ({ messages }) =>
  messages.some((message) => isSilent(message) && !message.tool_calls?.length && message.role !== 'assistant')
    ? refuse('1 validation error for ValidatorIterator: content Input should be a valid string')
    : undefined;

/**
 * vLLM with the chat template of Mistral 7B Instruct v0.3: roles alternate, and ids of calls have nine characters. By
 * vllm-project/vllm#6862, #9019 and #12332; the body of newer versions by suitenumerique/conversations#197, the context
 * by vllm-project/vllm#20409. It needs no key unless it is started with one.
 */
export const vllm: ProviderDialect = {
  provider: 'openai-compatible',
  model: 'mistralai/Mistral-7B-Instruct-v0.3',
  path: () => '/chat/completions',
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  unknownModel: (model) => refuse(`The model \`${model}\` does not exist.`, 'NotFoundError', 404),
  tooLong: (tokens, limit) =>
    refuse(
      `This model's maximum context length is ${limit} tokens. However, you requested ${tokens} tokens (${tokens} in the messages, 0 in the completion). Please reduce the length of the messages or completion.`,
    ),
  check: checking<ChatBody>([filled, template, writtenArguments]),
  callId: (n) => `v${n.toString(36).padStart(8, '0')}`,
  frames: (answer) => chatFrames(answer, { model: 'mistralai/Mistral-7B-Instruct-v0.3' }),
  failure: (message, code) => ({ error: { message, type: 'InternalServerError', param: null, code } }),
};
