import { findStray, findUnanswered, isSilent, namesOf } from './chat-rules.ts';
import { chatFrames, type ChatBody } from './chat-wire.ts';
import { checking, type ProviderDialect, type ServiceRefusal, type DialectRule } from './dialect.contract.ts';

const refuse = (message: string, status = 400, type = 'invalid_request_error'): ServiceRefusal => ({
  status,
  body: { error: { message, type, param: null, code: 'invalid_request_error' } },
});

const filled: DialectRule<ChatBody> = ({ messages }) => {
  const index = messages.findIndex((message) => message.content === undefined && !message.tool_calls?.length);
  if (index >= 0)
    return refuse(
      `Failed to deserialize the JSON body into the target type: messages[${index}]: missing field \`content\``,
      422,
    );
  return messages.some((message) => isSilent(message) && !message.tool_calls?.length)
    ? refuse('Invalid assistant message: content or tool_calls must be set')
    : undefined;
};

const name: DialectRule<ChatBody> = (body) => {
  const bad = namesOf(body).find((found) => !/^[a-zA-Z0-9_-]{1,64}$/.test(found.name));
  const rule =
    "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
  return bad && refuse(`Invalid '${bad.at}': ${rule}`);
};

const answered: DialectRule<ChatBody> = ({ messages }) => {
  const rule =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
  return (
    findUnanswered(messages) && refuse(`${rule} (insufficient tool messages following tool_calls message)`)
  );
};

const stray: DialectRule<ChatBody> = ({ messages }) =>
  findStray(messages) === undefined
    ? undefined
    : refuse("Messages with role 'tool' must be a response to a preceding message with 'tool_calls'");

/** In thinking mode every turn that calls tools comes back with its thoughts, as they were. */
const thoughtful: DialectRule<ChatBody> = ({ messages }, thoughts) => {
  const index = messages.findIndex(({ tool_calls: calls = [], reasoning_content: given }) =>
    calls.some(({ id }) => thoughts.has(id) && thoughts.get(id) !== given),
  );
  const link =
    'For more information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls';
  const rule = `Missing \`reasoning_content\` field in the assistant message at message index ${index}.`;
  return index < 0 ? undefined : refuse(`${rule} ${link}`);
};

/**
 * DeepSeek in thinking mode. Rules by its guide (Thinking Mode, section on tool calls) and its page of error codes;
 * bodies by hotovo/aider-desk#529 (thoughts), langgenius/dify#32222 (answers to calls). While it thinks, the stream has
 * comments that keep the connection alive (its page on rate limits).
 */
export const deepseek: ProviderDialect = {
  provider: 'openai-compatible',
  model: 'deepseek-reasoner',
  path: () => '/chat/completions',
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  unauthorized: refuse('Authentication Fails (governor)', 401, 'authentication_error'),
  unknownModel: () => refuse('Model Not Exist'),
  tooLong: (tokens, limit) =>
    refuse(
      `This model's maximum context length is ${limit} tokens. However, you requested ${tokens} tokens (${tokens} in the messages, 0 in the completion). Please reduce the length of the messages or completion.`,
    ),
  check: checking<ChatBody>([filled, name, answered, stray, thoughtful]),
  callId: (n) => `call_00_${`${n}`.padStart(24, '0')}`,
  frames: (answer) =>
    chatFrames(answer, { model: 'deepseek-reasoner', usageInLast: true, keepAlive: ': keep-alive\n\n' }),
  failure: (message) => ({ error: { message, type: 'service_unavailable', param: null, code: null } }),
};
