import {
  signatureOf,
  type AnthropicBlock,
  type AnthropicBody,
  type AnthropicMessage,
} from './anthropic-wire.ts';
import type { ServiceRefusal, DialectRule } from './dialect.contract.ts';

type AnthropicRule = DialectRule<AnthropicBody & { messages: readonly AnthropicMessage[] }>;

/** The id of the request is in the header `request-id` as well. */
export const refuse = (message: string, status = 400, type = 'invalid_request_error'): ServiceRefusal => ({
  status,
  body: { type: 'error', error: { type, message }, request_id: 'req_011CYByzUedawPRMujMEod1a' },
});

const ID = /^[a-zA-Z0-9_-]+$/;
const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

const blocksOf = ({ content }: AnthropicMessage): readonly AnthropicBlock[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;
const idsOf = (message: AnthropicMessage | undefined, type: 'tool_use' | 'tool_result'): string[] =>
  (message ? blocksOf(message) : [])
    .filter((block) => block.type === type)
    .map((block) => (type === 'tool_use' ? block.id : block.tool_use_id) ?? '');
/** Looks at every block with its place. */
const eachBlock =
  (
    look: (block: AnthropicBlock, at: string, message: AnthropicMessage) => ServiceRefusal | undefined,
  ): AnthropicRule =>
  ({ messages }) => {
    for (const [m, message] of messages.entries()) {
      for (const [b, block] of blocksOf(message).entries()) {
        const refusal = look(block, `messages.${m}.content.${b}`, message);
        if (refusal) return refusal;
      }
    }
    return undefined;
  };

const required: AnthropicRule = ({ max_tokens: limit, messages }) => {
  if (limit === undefined) return refuse('max_tokens: Field required');
  if (messages === undefined) return refuse('messages: Field required');
  if (messages.length === 0) return refuse('messages: at least one message is required');
  const bad = messages.findIndex(({ role }) => role !== 'user' && role !== 'assistant');
  if (bad >= 0) return refuse(`messages.${bad}.role: Input should be 'user' or 'assistant'`);
  return messages[0]!.role === 'user'
    ? undefined
    : refuse('messages: first message must use the "user" role');
};

const nonEmpty: AnthropicRule = ({ messages, system }) => {
  const bad = messages.findIndex(({ content }, index) => content.length === 0 && index < messages.length - 1);
  const rule = 'all messages must have non-empty content except for the optional final assistant message';
  if (bad >= 0) return refuse(`messages.${bad}: ${rule}`);
  const last = messages.at(-1)!;
  if (last.content.length === 0 && last.role === 'user')
    return refuse(`messages.${messages.length - 1}: user messages must have non-empty content`);
  const texts = [
    ...messages.flatMap(blocksOf),
    ...(Array.isArray(system) ? (system as AnthropicBlock[]) : []),
  ];
  const text = texts.find((block) => block.type === 'text' && block.text!.trim() === '');
  return (
    text &&
    refuse(
      `messages: text content blocks must ${text.text === '' ? 'be non-empty' : 'contain non-whitespace text'}`,
    )
  );
};

const trailing: AnthropicRule = ({ messages }) => {
  const last = messages.at(-1)!;
  const text = last.role === 'assistant' ? (blocksOf(last).at(-1)?.text ?? '') : '';
  return /\s$/.test(text)
    ? refuse('messages: final assistant content cannot end with trailing whitespace')
    : undefined;
};

const calls = eachBlock((block, at) => {
  if (block.type !== 'tool_use') return undefined;
  const pattern = (field: string, { source }: RegExp) =>
    refuse(`${at}.tool_use.${field}: String should match pattern '${source}'`);
  if (!ID.test(block.id ?? '')) return pattern('id', ID);
  if (!NAME.test(block.name ?? '')) return pattern('name', NAME);
  const { input } = block;
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isObject ? undefined : refuse(`${at}.tool_use.input: Input should be a valid dictionary`);
});

const uniqueCalls: AnthropicRule = ({ messages }) => {
  const ids = messages.flatMap((message) => idsOf(message, 'tool_use'));
  return new Set(ids).size < ids.length ? refuse('messages: `tool_use` ids must be unique') : undefined;
};

/** Results come first in the message directly after the calls, one each. */
const answered: AnthropicRule = ({ messages }) => {
  for (const [index, message] of messages.entries()) {
    const ids = idsOf(message, 'tool_use');
    const next = messages[index + 1];
    const first = (next ? blocksOf(next) : []).slice(0, ids.length);
    const missing = ids.filter((id) => !first.some((block) => block.tool_use_id === id));
    const rule = 'Each `tool_use` block must have a corresponding `tool_result` block in the next message.';
    if (missing.length > 0) {
      const found = '`tool_use` ids were found without `tool_result` blocks immediately after';
      return refuse(`messages.${index + 1}: ${found}: ${missing.join(', ')}. ${rule}`);
    }
  }
  return undefined;
};

const strayResult: AnthropicRule = ({ messages }) => {
  for (const [index, message] of messages.entries()) {
    const results = idsOf(message, 'tool_result');
    const asked = idsOf(messages[index - 1], 'tool_use');
    const stray = results.find((id) => !asked.includes(id));
    const rule =
      'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.';
    if (stray !== undefined) {
      return refuse(
        `messages.${index}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. ${rule}`,
      );
    }
    if (new Set(results).size < results.length) {
      return refuse(`messages.${index}.content: each tool_use must have a single result.`);
    }
  }
  return undefined;
};

const failedResult = eachBlock(({ type, is_error: failed, content }, at) => {
  const isEmpty = content === undefined || content === '' || (Array.isArray(content) && content.length === 0);
  return type === 'tool_result' && failed && isEmpty
    ? refuse(`${at}.tool_result: content cannot be empty if \`is_error\` is true`)
    : undefined;
});

const signed = eachBlock((block, at) =>
  block.type === 'thinking' && block.signature !== signatureOf(block.thinking ?? '')
    ? refuse(`${at}: Invalid \`signature\` in \`thinking\` block`)
    : undefined,
);

/** A turn that was thought about and calls tools begins with its thoughts. */
const thoughtFirst: AnthropicRule = ({ messages }, thoughts) => {
  for (const [index, message] of messages.entries()) {
    const thought = idsOf(message, 'tool_use').map((id) => thoughts.get(id))[0];
    const [first] = blocksOf(message);
    if (thought === undefined || first?.thinking === thought) continue;
    const at = `messages.${index}.content.0`;
    return first?.type === 'thinking'
      ? refuse(
          `${at}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified.`,
        )
      : refuse(`${at}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.type}\`.`);
  }
  return undefined;
};

const tools: AnthropicRule = ({ tools: offered = [] }) => {
  for (const [index, { name, input_schema: schema }] of offered.entries()) {
    const at = `tools.${index}.custom`;
    if (!NAME.test(name)) return refuse(`${at}.name: String should match pattern '${NAME.source}'`);
    if (schema === undefined) return refuse(`${at}.input_schema: Field required`);
    if (schema['type'] === undefined) return refuse(`${at}.input_schema.type: Field required`);
    if (schema['type'] !== 'object') return refuse(`${at}.input_schema.type: Input should be 'object'`);
    if ('oneOf' in schema || 'allOf' in schema || 'anyOf' in schema) {
      return refuse(
        `${at}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
      );
    }
  }
  const names = offered.map(({ name }) => name);
  return new Set(names).size < names.length ? refuse('tools: Tool names must be unique.') : undefined;
};

/**
 * By Anthropic's reference (Messages, Errors, Tool use, Extended thinking) and by what it answered in
 * HKUDS/nanobot#4356 (ids), anthropics/claude-code#8612 and #18947 (results), anthropics/claude-code#59812 and #23369
 * (empty text), tailcallhq/forgecode#1872 (trailing whitespace), lbjlaq/Antigravity-Manager#139 and
 * anthropics/claude-code#63284 (thoughts).
 */
export const anthropicRules: readonly AnthropicRule[] = [
  required,
  nonEmpty,
  trailing,
  calls,
  uniqueCalls,
  answered,
  strayResult,
  failedResult,
  signed,
  thoughtFirst,
  tools,
];
