import { alternates, callsOf, hasLateSystem, isJsonObject, isSilent } from './chat-rules.ts';
import { chatFrames, type ChatBody } from './chat-wire.ts';
import { checking, type ProviderDialect, type ServiceRefusal, type DialectRule } from './dialect.contract.ts';

const refuse = (message: string, code: number, type: string, more: object = {}): ServiceRefusal => ({
  status: code,
  body: { error: { code, message, type, ...more } },
});

const filled: DialectRule<ChatBody> = ({ messages }) => {
  if (messages.some((message) => message.role !== 'assistant' && isSilent(message))) {
    return refuse("All non-assistant messages must contain 'content'", 400, 'invalid_request_error');
  }
  return messages.some((message) => message.content === undefined && message.tool_calls === undefined)
    ? refuse("Failed to parse messages: Expected 'content' or 'tool_calls'", 400, 'invalid_request_error')
    : undefined;
};

const lateSystem =
  'Only user and assistant roles are supported, with the exception of an initial optional system message!';

const template: DialectRule<ChatBody> = ({ messages }) => {
  const rule =
    'After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.';
  const place = '\n------------\nWhile executing CallExpression at line 47, column 32 in source:';
  if (hasLateSystem(messages))
    return refuse(`${place}\nError: Jinja Exception: ${lateSystem}`, 500, 'server_error');
  return alternates(messages)
    ? undefined
    : refuse(`${place}\nError: Jinja Exception: ${rule}`, 500, 'server_error');
};

const writtenArguments: DialectRule<ChatBody> = (body) =>
  callsOf(body).some(({ call }) => !isJsonObject(call.function.arguments))
    ? refuse('Failed to parse tool call arguments as JSON', 500, 'server_error')
    : undefined;

/**
 * llama.cpp's server with a template of the Mistral family (Devstral): roles alternate, and a template's exception is
 * its status 500. By ggml-org/llama.cpp#19851 and sipeed/picoclaw#207 (template), ggml-org/llama.cpp#15780 (context)
 * and its `common/chat.cpp` (content, arguments). It has one model and doesn't look at the name; while it reads a long
 * prompt the stream has comments.
 */
export const llamaCpp: ProviderDialect = {
  provider: 'openai-compatible',
  model: 'devstral-small-2',
  path: () => '/chat/completions',
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  tooLong: (tokens, limit) =>
    refuse(
      'the request exceeds the available context size, try increasing it',
      400,
      'exceed_context_size_error',
      {
        n_prompt_tokens: tokens,
        n_ctx: limit,
      },
    ),
  check: checking<ChatBody>([filled, template, writtenArguments]),
  callId: (n) => `${`${n}`.padStart(4, '0')}aB3dE6gH9jK2mN5pQ8sT1vW4yZ7c`,
  frames: (answer) => chatFrames(answer, { model: 'devstral-small-2', keepAlive: ':\n\n' }),
  failure: (message, code) => ({ error: { code, message, type: 'unavailable_error' } }),
};
