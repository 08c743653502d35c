import { callsOf, namesOf } from './chat-rules.ts';
import { chatFrames, type ChatBody } from './chat-wire.ts';
import { checking, type ProviderDialect, type ServiceRefusal, type DialectRule } from './dialect.contract.ts';

const refuse = (message: string, type: string, code: string | null): ServiceRefusal => ({
  status: 400,
  body: { object: 'error', message, type, param: null, code },
});
const misplaced = (message: string) => refuse(message, 'invalid_request_message_order', '3230');

/** What the request schema knows; anything else is refused by name. */
const known = [
  'model',
  'messages',
  'tools',
  'tool_choice',
  'stream',
  'temperature',
  'top_p',
  'max_tokens',
  'stop',
];
const knownOfAssistant = ['role', 'content', 'tool_calls', 'prefix'];

const extra: DialectRule<ChatBody> = (body) => {
  const loc = [
    ...Object.keys(body)
      .filter((key) => !known.includes(key))
      .map((key) => [key]),
    ...body.messages.flatMap((message, index) =>
      Object.keys(message.role === 'assistant' ? message : {})
        .filter((key) => !knownOfAssistant.includes(key))
        .map((key) => ['messages', index, 'assistant', key]),
    ),
  ][0];
  if (!loc) return undefined;
  const detail = [{ type: 'extra_forbidden', loc: ['body', ...loc], msg: 'Extra inputs are not permitted' }];
  const body422 = {
    object: 'error',
    message: { detail },
    type: 'invalid_request_error',
    param: null,
    code: null,
  };
  return { status: 422, body: body422 };
};

const callId: DialectRule<ChatBody> = (body) => {
  const ids = [
    ...callsOf(body).map(({ call }) => call.id),
    ...body.messages.flatMap((m) => m.tool_call_id ?? []),
  ];
  const bad = ids.find((id) => !/^[a-zA-Z0-9]{9}$/.test(id));
  if (bad === undefined) return undefined;
  return refuse(
    `Tool call id was ${bad} but must be a-z, A-Z, 0-9, with a length of 9.`,
    'invalid_function_call',
    '3280',
  );
};

const name: DialectRule<ChatBody> = (body) => {
  const bad = namesOf(body).find((found) => !/^[a-zA-Z0-9_-]{1,64}$/.test(found.name));
  if (!bad) return undefined;
  const rule = 'must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.';
  return refuse(`Function name was ${bad.name} but ${rule}`, 'invalid_function_call', '3280');
};

const filled: DialectRule<ChatBody> = ({ messages }) =>
  messages.some((message) => message.role === 'assistant' && !message.content && !message.tool_calls?.length)
    ? refuse(
        'Assistant message must have either content or tool_calls, but not none.',
        'invalid_request_assistant_message',
        '3240',
      )
    : undefined;

const following: Readonly<Record<string, readonly string[]>> = {
  system: ['user', 'assistant', 'system'],
  user: ['assistant', 'system', 'user'],
  assistant: ['assistant', 'user', 'tool'],
  tool: ['assistant', 'tool'],
};

const order: DialectRule<ChatBody> = ({ messages }) => {
  if (messages.length === 0) return misplaced('Conversation must have at least one message');
  for (const [index, { role }] of messages.slice(1).entries()) {
    const before = messages[index]!.role;
    if (!following[before]?.includes(role))
      return misplaced(`Unexpected role '${role}' after role '${before}'`);
  }
  const last = messages.at(-1)!.role;
  const expected = 'Expected last role User or Tool (or Assistant with prefix True) for serving';
  return last === 'assistant' ? misplaced(`${expected} but got assistant`) : undefined;
};

const asManyAnswers: DialectRule<ChatBody> = ({ messages }) => {
  let open = 0;
  for (const { role, tool_calls: calls = [] } of messages) {
    if (role === 'tool') open -= 1;
    if (role !== 'assistant') continue;
    if (open !== 0) break;
    open = calls.length;
  }
  return open === 0 ? undefined : misplaced('Not the same number of function calls and responses');
};

/**
 * Mistral's own service. Rules by its request validation, which is public (mistralai/mistral-common,
 * `protocol/instruct/validator.py`); bodies by nearai/ironclaw#1241 (ids), datapizza-labs/datapizza-ai#98 (order),
 * OpenHands/OpenHands#8685 (empty turns), openai/openai-agents-python#442 and charmbracelet/crush#1590 (unknown fields:
 * also `stream_options` and `reasoning_content`). Usage comes unasked.
 */
export const mistral: ProviderDialect = {
  provider: 'openai-compatible',
  model: 'mistral-large-latest',
  path: () => '/chat/completions',
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  unauthorized: { status: 401, body: { detail: 'Unauthorized' } },
  unknownModel: (model) => refuse(`Invalid model: ${model}`, 'invalid_model', '1500'),
  tooLong: (tokens, limit) =>
    refuse(
      `Prompt contains ${tokens} tokens and 0 draft tokens, too large for model with ${limit} maximum context length`,
      'invalid_request_prompt',
      '3051',
    ),
  check: checking<ChatBody>([extra, order, asManyAnswers, filled, name, callId]),
  callId: (n) => `m${n.toString(36).padStart(8, '0')}`,
  frames: (answer) =>
    chatFrames(answer, { model: 'mistral-large-latest', wholeCalls: true, usageInLast: true }),
  failure: (message, status) => ({
    object: 'error',
    message,
    type: 'service_error',
    param: null,
    code: `${status}0`,
  }),
};
