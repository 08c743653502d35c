import { dataFrame, type AnswerFinish, type IdentifiedAnswer } from './dialect.contract.ts';

/** A request in the OpenAI chat completions form, as far as rules look at it. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatWireMessage[];
  readonly tools?: readonly ChatWireTool[];
  readonly stream_options?: object;
}

export interface ChatWireMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_calls?: readonly ChatWireCall[];
  readonly tool_call_id?: string;
  readonly reasoning_content?: string;
}

export interface ChatWireCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: unknown };
}

export interface ChatWireTool {
  readonly function: { readonly name: string; readonly parameters?: Readonly<Record<string, unknown>> };
}

/** In what the services differ. */
export interface ChatForm {
  readonly model: string;
  /** Where thoughts are: `reasoning_content` (DeepSeek, llama.cpp, vLLM) or `reasoning` (Ollama). */
  readonly reasoning?: 'reasoning_content' | 'reasoning';
  /** Tool calls come whole, not in pieces. */
  readonly wholeCalls?: boolean;
  /** Usage comes in the last chunk with a choice; otherwise in a chunk of its own without one. */
  readonly usageInLast?: boolean;
  /** Sent before each chunk but the first: an event stream's comment. */
  readonly keepAlive?: string;
}

const reasons: Readonly<Record<AnswerFinish, string>> = {
  stop: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'content-filter': 'content_filter',
};

export const chatHead = (model: string): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model,
});

/** The stream of an answer in the OpenAI chat completions form. */
export function chatFrames(answer: IdentifiedAnswer, form: ChatForm): string[] {
  const { texts = [], toolCalls, usage } = answer;
  const head = chatHead(form.model);
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason }],
  });
  const told = usage && {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
  const finish = reasons[answer.finish ?? (toolCalls.length > 0 ? 'tool-calls' : 'stop')];
  const last = chunk({}, finish);
  const thoughts = answer.reasoning
    ? [chunk({ [form.reasoning ?? 'reasoning_content']: answer.reasoning })]
    : [];
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    ...thoughts,
    ...texts.map((content) => chunk({ content })),
    ...toolCalls.flatMap((call, index) =>
      callDeltas(call, index, form.wholeCalls).map((delta) => chunk(delta)),
    ),
    told && form.usageInLast ? { ...last, usage: told } : last,
    ...(told && !form.usageInLast ? [{ ...head, choices: [], usage: told }] : []),
  ];
  const frames = chunks.map(
    (value, index) => (index > 0 && form.keepAlive ? form.keepAlive : '') + dataFrame(value),
  );
  return [...frames, 'data: [DONE]\n\n'];
}

function callDeltas(
  { id, name, arguments: args }: IdentifiedAnswer['toolCalls'][number],
  index: number,
  whole = false,
): object[] {
  const text = JSON.stringify(args);
  const part = (fragment: object): object => ({ tool_calls: [{ index, ...fragment }] });
  const begin = (written: string) => part({ id, type: 'function', function: { name, arguments: written } });
  if (whole) return [begin(text)];
  const more = (written: string) => part({ function: { arguments: written } });
  return [begin(''), more(text.slice(0, 3)), more(text.slice(3))];
}
