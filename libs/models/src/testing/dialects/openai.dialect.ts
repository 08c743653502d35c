import { callsOf, findStray, findUnanswered, isSilent, namesOf } from './chat-rules.ts';
import { chatFrames, type ChatBody } from './chat-wire.ts';
import { checking, type ProviderDialect, type ServiceRefusal, type DialectRule } from './dialect.contract.ts';

const refuse = (
  message: string,
  param: string | null,
  code: string | null = null,
  status = 400,
): ServiceRefusal => ({
  status,
  body: { error: { message, type: 'invalid_request_error', param, code } },
});

const NAME = /^[a-zA-Z0-9_-]+$/;
const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
/** Keywords that a function's schema may not have at its top. */
const notAtTop = ['oneOf', 'anyOf', 'allOf', 'enum', 'not'];

const emptyArray: DialectRule<ChatBody> = (body) => {
  const arrays: [string, unknown][] = [
    ['messages', body.messages ?? []],
    ['tools', body.tools],
    ...body.messages.map(({ tool_calls }, index): [string, unknown] => [
      `messages[${index}].tool_calls`,
      tool_calls,
    ]),
  ];
  const found = arrays.find(([, value]) => Array.isArray(value) && value.length === 0);
  return (
    found &&
    refuse(
      `Invalid '${found[0]}': empty array. Expected an array with minimum length 1.`,
      found[0],
      'empty_array',
    )
  );
};

const role: DialectRule<ChatBody> = ({ messages }) => {
  const index = messages.findIndex((message) => !roles.includes(message.role));
  const at = `messages[${index}].role`;
  return index < 0 ? undefined : refuse(`Invalid value: '${messages[index]!.role}'.`, at, 'invalid_value');
};

const name: DialectRule<ChatBody> = (body) => {
  for (const { at, name: given } of namesOf(body)) {
    if (given.length > 64) {
      const found = `got a string with length ${given.length} instead.`;
      const message = `Invalid '${at}': string too long. Expected a string with maximum length 64, but ${found}`;
      return refuse(message, at, 'string_above_max_length');
    }
    if (!NAME.test(given)) {
      const expected = `Expected a string that matches the pattern '${NAME.source}'.`;
      return refuse(`Invalid '${at}': string does not match pattern. ${expected}`, at, 'invalid_value');
    }
  }
  return undefined;
};

const callId: DialectRule<ChatBody> = (body) => {
  const long = callsOf(body).find(({ call }) => call.id.length > 40);
  if (!long) return undefined;
  const found = `got a string with length ${long.call.id.length} instead.`;
  const message = `Invalid '${long.at}.id': string too long. Expected a string with maximum length 40, but ${found}`;
  return refuse(message, `${long.at}.id`, 'string_above_max_length');
};

const writtenArguments: DialectRule<ChatBody> = (body) => {
  const found = callsOf(body).find(({ call }) => typeof call.function.arguments !== 'string');
  const at = `${found?.at}.function.arguments`;
  return (
    found &&
    refuse(`Invalid type for '${at}': expected a string, but got an object instead.`, at, 'invalid_type')
  );
};

const content: DialectRule<ChatBody> = ({ messages }) => {
  const index = messages.findIndex((message) => isSilent(message) && !message.tool_calls?.length);
  const at = `messages.[${index}].content`;
  return index < 0 ? undefined : refuse("Invalid value for 'content': expected a string, got null.", at);
};

const answered: DialectRule<ChatBody> = ({ messages }) => {
  const found = findUnanswered(messages);
  if (!found) return undefined;
  const rule =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
  const message = `${rule} The following tool_call_ids did not have response messages: ${found.ids.join(', ')}`;
  return refuse(message, `messages.[${found.index + 1}].role`);
};

const stray: DialectRule<ChatBody> = ({ messages }) => {
  const index = findStray(messages);
  const rule = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
  return index === undefined ? undefined : refuse(`Invalid parameter: ${rule}`, `messages.[${index}].role`);
};

const schema: DialectRule<ChatBody> = ({ tools = [] }) => {
  for (const [index, { function: tool }] of tools.entries()) {
    const { parameters } = tool;
    if (parameters === undefined) continue;
    const wrong = notAtTop.some((key) => key in parameters)
      ? `schema must have type 'object' and not have ${notAtTop.map((key) => `'${key}'`).join('/')} at the top level.`
      : parameters['type'] !== 'object'
        ? `schema must be a JSON Schema of 'type: "object"', got 'type: "${JSON.stringify(parameters['type'] ?? 'None').replaceAll('"', '')}"'.`
        : findBadSchema(parameters, []);
    const at = `tools[${index}].function.parameters`;
    if (wrong)
      return refuse(
        `Invalid schema for function '${tool.name}': ${wrong}`,
        at,
        'invalid_function_parameters',
      );
  }
  return undefined;
};

function findBadSchema(value: unknown, path: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, properties, items } = value as Record<string, unknown>;
  const context = `In context=(${path.map((key) => `'${key}'`).join(', ')})`;
  if (type === 'object' && properties === undefined && path.length === 0) {
    return `${context}, object schema missing properties.`;
  }
  if (type === 'array' && items === undefined) return `${context}, array schema missing items.`;
  for (const [key, child] of Object.entries((properties ?? {}) as Record<string, unknown>)) {
    const wrong = findBadSchema(child, [...path, 'properties', key]);
    if (wrong) return wrong;
  }
  return findBadSchema(items, [...path, 'items']);
}

/**
 * OpenAI's chat completions. Rules and bodies by its API reference (Create chat completion) and by what it answered in
 * agno-agi/agno#5382 (call ids), mcp-use/mcp-use#90 (names), aliasrobotics/cai#111 (answers to calls),
 * langchain-ai/langchainjs#4153 (null content), spring-projects/spring-ai#4776 (schemas) and
 * vishalmysore/Tools4AI#16 (array bounds).
 */
export const openai: ProviderDialect = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  path: () => '/chat/completions',
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  unauthorized: refuse("You didn't provide an API key.", null, null, 401),
  unknownModel: (model) =>
    refuse(
      `The model \`${model}\` does not exist or you do not have access to it.`,
      null,
      'model_not_found',
      404,
    ),
  tooLong: (tokens, limit) => {
    const message = `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`;
    return refuse(message, 'messages', 'context_length_exceeded');
  },
  check: checking<ChatBody>([
    emptyArray,
    role,
    name,
    callId,
    writtenArguments,
    content,
    answered,
    stray,
    schema,
  ]),
  callId: (n) => `call_${`${n}`.padStart(24, '0')}`,
  frames: (answer) => chatFrames(answer, { model: 'gpt-4o-mini' }),
  failure: (message) => ({ error: { message, type: 'server_error', param: null, code: null } }),
};
