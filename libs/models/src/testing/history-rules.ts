/** A request of any protocol, as it goes over the wire. */
export type SentBody = Record<string, unknown>;

type Parts = Record<string, unknown>[];
interface Turn {
  readonly role: string;
  readonly parts: Parts;
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const GOOGLE_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;
const LONE = /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F][0-9a-fA-F]{2}/;

/**
 * The documented rules for a history, by dialect; each names what it finds wrong. Sources: the API references of
 * OpenAI, Anthropic, Google, Mistral and DeepSeek, mistral-common's validation (vLLM), and the chat templates of
 * Mistral and Gemma (llama.cpp, vLLM, Ollama).
 */
export const historyRules = {
  openai: (body) => chatRules(body, /^[\x21-\x7e]{1,40}$/),
  mistral: (body) => [...chatRules(body, /^[a-zA-Z0-9]{9}$/), ...onlyStandardFields(body)],
  deepseek: (body) => [...chatRules(body, /^[\x21-\x7e]+$/), ...thoughts(body)],
  vllm: (body) => chatRules(body, /^[\x21-\x7e]+$/),
  'llama.cpp': (body) => chatRules(body, /^[\x21-\x7e]+$/),
  ollama: (body) => chatRules(body, /^[\x21-\x7e]+$/),
  anthropic: anthropicRules,
  google: googleRules,
} as const satisfies Record<string, (body: SentBody) => string[]>;

function chatRules(body: SentBody, id: RegExp): string[] {
  const messages = body['messages'] as Parts;
  const wrong = anywhere(body);
  // OpenAI's reasoning models have another word for it.
  const isSystem = (role: unknown): boolean => role === 'system' || role === 'developer';
  const spoken = messages.filter(({ role }, index) => index > 0 || !isSystem(role));
  if (spoken.some(({ role }) => isSystem(role))) wrong.push('a system message after the first');
  if (spoken[0]?.['role'] !== 'user') wrong.push("the first message is not the user's");
  const used = new Set<unknown>();
  for (const [index, message] of spoken.entries()) {
    const { role, content } = message;
    const calls = (message['tool_calls'] ?? []) as Parts;
    const next = spoken[index + 1]?.['role'] as string | undefined;
    if (role === 'user' && next !== undefined && next !== 'assistant') wrong.push(`${next} after user`);
    if (role === 'tool' && next !== undefined && next !== 'assistant' && next !== 'tool')
      wrong.push(`${next} after tool`);
    if (role === 'assistant' && calls.length === 0 && next !== 'user') wrong.push(`${next} after an answer`);
    if (isBlank(content) && !(role === 'assistant' && calls.length > 0 && content === null))
      wrong.push(`an empty message of the role ${String(role)}`);
    const results = spoken.slice(index + 1, index + 1 + calls.length);
    for (const [at, call] of calls.entries()) {
      const { name, arguments: args } = call['function'] as Record<string, unknown>;
      if (!id.test(String(call['id']))) wrong.push('an id that is not accepted');
      if (used.has(call['id'])) wrong.push('an id twice');
      used.add(call['id']);
      if (!NAME.test(String(name))) wrong.push('a name that is not accepted');
      if (!isObject(JSON.parse(args as string))) wrong.push('arguments that are no object');
      if (results[at]?.['tool_call_id'] !== call['id']) wrong.push('a call without its result behind it');
    }
    if (calls.length > 0 && spoken[index + 1 + calls.length]?.['role'] === 'tool')
      wrong.push('a result of no call');
  }
  return wrong;
}

const onlyStandardFields = (body: SentBody): string[] =>
  (body['messages'] as Parts).flatMap((message) =>
    Object.keys(message)
      .filter((key) => !['role', 'content', 'tool_calls', 'tool_call_id'].includes(key))
      .map((key) => `the field ${key}`),
  );

const thoughts = (body: SentBody): string[] =>
  (body['messages'] as Parts).flatMap((message) =>
    message['tool_calls'] && typeof message['reasoning_content'] !== 'string'
      ? ['calls without thoughts']
      : [],
  );

function anthropicRules(body: SentBody): string[] {
  const turns = (body['messages'] as { role: string; content: Parts }[]).map(({ role, content }) => ({
    role,
    parts: content,
  }));
  const wrong = [...anywhere(body), ...alternation(turns, 'assistant')];
  const used = new Set<unknown>();
  for (const [index, { role, parts }] of turns.entries()) {
    if (parts.some(({ type, text }) => type === 'text' && isBlank(text))) wrong.push('an empty text');
    if (parts.some(({ type, signature }) => type === 'thinking' && typeof signature !== 'string'))
      wrong.push('thoughts without a signature');
    const calls = parts.filter(({ type }) => type === 'tool_use');
    const results = (turns[index + 1]?.parts ?? []).filter(({ type }) => type === 'tool_result');
    if (role === 'assistant')
      wrong.push(
        ...pairing(
          calls.map(({ id }) => id),
          results.map((part) => part['tool_use_id']),
        ),
      );
    for (const { id, name, input } of calls) {
      if (!/^[a-zA-Z0-9_-]+$/.test(String(id))) wrong.push('an id that is not accepted');
      if (used.has(id)) wrong.push('an id twice');
      used.add(id);
      if (!NAME.test(String(name))) wrong.push('a name that is not accepted');
      if (!isObject(input)) wrong.push('arguments that are no object');
    }
  }
  return wrong;
}

function googleRules(body: SentBody): string[] {
  const turns = body['contents'] as Turn[];
  const wrong = [...anywhere(body), ...alternation(turns, 'model')];
  for (const [index, { role, parts }] of turns.entries()) {
    if (parts.some((part) => 'text' in part && isBlank(part['text']))) wrong.push('an empty text');
    const calls = parts.flatMap(({ functionCall }) =>
      functionCall ? [functionCall as Record<string, unknown>] : [],
    );
    const results = (turns[index + 1]?.parts ?? []).flatMap(({ functionResponse }) =>
      functionResponse ? [functionResponse as Record<string, unknown>] : [],
    );
    if (role === 'model')
      wrong.push(
        ...pairing(
          calls.map(({ name }) => name),
          results.map(({ name }) => name),
        ),
      );
    if (calls.some(({ name }) => !GOOGLE_NAME.test(String(name)))) wrong.push('a name that is not accepted');
    if (calls.some(({ args }) => !isObject(args))) wrong.push('arguments that are no object');
  }
  return wrong;
}

function alternation(turns: readonly Turn[], assistant: string): string[] {
  const wrong = turns.flatMap(({ role, parts }, index) => [
    ...(role !== (index % 2 === 0 ? 'user' : assistant) ? [`${role} at ${index}`] : []),
    ...(parts.length === 0 ? ['an empty turn'] : []),
  ]);
  return turns.at(-1)?.role === 'user' ? wrong : [...wrong, "the last turn is not the user's"];
}

const pairing = (calls: readonly unknown[], results: readonly unknown[]): string[] =>
  JSON.stringify(calls) === JSON.stringify(results) ? [] : ['calls and results that do not match'];

/** No reader of JSON takes half a character. */
const anywhere = (body: SentBody): string[] => (LONE.test(JSON.stringify(body)) ? ['half a character'] : []);

const isBlank = (content: unknown): boolean =>
  Array.isArray(content) ? content.length === 0 : typeof content !== 'string' || content.trim() === '';
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
