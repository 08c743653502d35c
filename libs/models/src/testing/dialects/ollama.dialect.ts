import { callsOf, isJsonObject, isSilent } from './chat-rules.ts';
import { chatFrames, type ChatBody } from './chat-wire.ts';
import { checking, type ProviderDialect, type ServiceRefusal, type DialectRule } from './dialect.contract.ts';

const refuse = (message: string, status = 400, type = 'invalid_request_error'): ServiceRefusal => ({
  status,
  body: { error: { message, type, param: null, code: null } },
});

const nonEmpty: DialectRule<ChatBody> = ({ messages }) =>
  messages.length === 0 ? refuse("[] is too short - 'messages'") : undefined;

const content: DialectRule<ChatBody> = ({ messages }) =>
  messages.some((message) => isSilent(message) && message.tool_calls === undefined)
    ? refuse('invalid message content type: <nil>')
    : undefined;

const writtenArguments: DialectRule<ChatBody> = (body) =>
  callsOf(body).some(({ call }) => !isJsonObject(call.function.arguments))
    ? refuse('invalid tool call arguments')
    : undefined;

/** Families whose template in the library has no place for tools. */
const toolless: DialectRule<ChatBody> = ({ model, tools = [] }) =>
  tools.length > 0 && model.startsWith('gemma3:')
    ? refuse(`registry.ollama.ai/library/${model} does not support tools`, 400, 'api_error')
    : undefined;

/**
 * Ollama's OpenAI-compatible API. By its `openai/openai.go`; bodies by ollama/ollama#5793 and louisho5/picobot#6
 * (tools). A conversation that is too long is cut without a word. Tool calls come whole.
 */
export const ollama: ProviderDialect = {
  provider: 'openai-compatible',
  model: 'llama3.2:3b',
  path: () => '/chat/completions',
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  unknownModel: (model) => refuse(`model '${model}' not found`, 404, 'not_found_error'),
  check: checking<ChatBody>([nonEmpty, content, writtenArguments, toolless]),
  callId: (n) => `call_${n.toString(36).padStart(8, '0')}`,
  frames: (answer) => chatFrames(answer, { model: 'llama3.2:3b', reasoning: 'reasoning', wholeCalls: true }),
  failure: (message) => ({ error: { message, type: 'api_error', param: null, code: null } }),
};
