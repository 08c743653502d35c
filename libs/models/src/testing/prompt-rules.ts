import type { ModelCallOptions, ModelPrompt, ModelPromptMessage } from '../model.contract.ts';

type AssistantMessage = Extract<ModelPromptMessage, { role: 'assistant' }>;
type CallPart = Extract<AssistantMessage['content'][number], { type: 'tool-call' }>;
type ResultPart = Extract<
  Extract<ModelPromptMessage, { role: 'tool' }>['content'][number],
  { type: 'tool-result' }
>;

/** Google wants a letter or underscore first; the others no more than this. */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
/** Anthropic's characters, OpenAI's length. Mistral's nine letters and digits are a matter of what it gave itself. */
const CALL_ID = /^[a-zA-Z0-9_-]{1,40}$/;
const notAtTop = ['oneOf', 'anyOf', 'allOf', 'enum', 'not'];

const callsIn = (message: ModelPromptMessage): CallPart[] =>
  message.role === 'assistant' ? message.content.filter((part) => part.type === 'tool-call') : [];
const resultsIn = (message: ModelPromptMessage): ResultPart[] =>
  message.role === 'tool' ? message.content.filter((part) => part.type === 'tool-result') : [];

type PromptRule = (prompt: ModelPrompt, options: ModelCallOptions) => boolean;

/** What at least one service demands of every conversation, whichever model it has (`dialects/` has the sources). */
const rules: Readonly<Record<string, PromptRule>> = {
  'begins with the user, after the optional instructions': (prompt) =>
    prompt.find(({ role }) => role !== 'system')?.role === 'user',
  'has instructions at its beginning only': (prompt) =>
    prompt.every(({ role }, at) => role !== 'system' || at === 0),
  'ends with the user or a result': (prompt) => ['user', 'tool'].includes(prompt.at(-1)?.role ?? ''),
  'has a user and a model that alternate': (prompt) =>
    prompt
      .filter(
        (message) =>
          message.role === 'user' || (message.role === 'assistant' && callsIn(message).length === 0),
      )
      .every(({ role }, index) => (role === 'user') === (index % 2 === 0)),
  'has no empty turn': (prompt) => prompt.every(({ content }) => content.length > 0),
  'has no blank text': (prompt) =>
    prompt.flatMap(({ content }) => textsIn(content)).every((text) => text.trim() !== ''),
  'answers each call once, directly after it': answersEachCall,
  'has calls whose ids are unique, and such as every service takes': (prompt) => {
    const ids = prompt.flatMap(callsIn).map(({ toolCallId }) => toolCallId);
    return ids.every((id) => CALL_ID.test(id)) && new Set(ids).size === ids.length;
  },
  'has names such as every service takes': (prompt, { tools = [] }) =>
    [
      ...prompt
        .flatMap((message) => [...callsIn(message), ...resultsIn(message)])
        .map((part) => part.toolName),
      ...tools.map(({ name }) => name),
    ].every((name) => NAME.test(name)),
  'has calls whose arguments are an object': (prompt) =>
    prompt
      .flatMap(callsIn)
      .every(({ input }) => typeof input === 'object' && input !== null && !Array.isArray(input)),
  'has failed results that say something': (prompt) =>
    prompt.flatMap(resultsIn).every(({ output }) => output.type !== 'error-text' || output.value !== ''),
  'offers tools by different names': (_, { tools = [] }) =>
    new Set(tools.map(({ name }) => name)).size === tools.length,
  'offers tools whose arguments are an object with properties': (_, { tools = [] }) =>
    tools.every(
      (tool) =>
        tool.type !== 'function' ||
        (tool.inputSchema.type === 'object' &&
          tool.inputSchema.properties !== undefined &&
          notAtTop.every((key) => !(key in tool.inputSchema))),
    ),
};

/** The names of the rules, each of which completes the sentence "a prompt …". */
export const promptRules: readonly string[] = Object.keys(rules);

/** @returns the first rule that what a model is asked breaks */
export const brokenPromptRule = (options: ModelCallOptions): string | undefined =>
  promptRules.find((name) => !rules[name]!(options.prompt, options));

/** @throws Error that names the broken rule, and shows the prompt */
export function assertAcceptable(options: ModelCallOptions): void {
  const broken = brokenPromptRule(options);
  if (broken === undefined) return;
  const seen = JSON.stringify({ prompt: options.prompt, tools: options.tools });
  throw new Error(`Not every service takes this prompt: it must be one that ${broken}. ${seen}`);
}

const textsIn = (content: ModelPromptMessage['content']): string[] =>
  typeof content === 'string'
    ? [content]
    : content.flatMap((part) => (part.type === 'text' ? [part.text] : []));

function answersEachCall(prompt: ModelPrompt): boolean {
  let open = new Set<string>();
  for (const message of prompt) {
    if (message.role === 'tool') {
      if (!resultsIn(message).every(({ toolCallId }) => open.delete(toolCallId))) return false;
      continue;
    }
    if (open.size > 0) return false;
    open = new Set(callsIn(message).map(({ toolCallId }) => toolCallId));
  }
  return open.size === 0;
}
