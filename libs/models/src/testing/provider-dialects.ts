/** An answer as any provider gives it; a dialect makes it the provider's own. */
export interface ProviderAnswer {
  readonly texts?: readonly string[];
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: object }[];
  /** Absent: the provider does not tell. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

/** How one provider is spoken to, and how it answers. */
export interface Dialect {
  readonly model: string;
  /** The path of a streamed request, below the base URL. */
  readonly path: string;
  /** The header that carries the key, and how. */
  readonly keyHeader: string;
  readonly keyPrefix: string;
  /** The event stream of an answer, one frame per element. */
  readonly frames: (answer: ProviderAnswer) => string[];
  /** The body of a refusal. It repeats what it was sent, as some providers do. */
  readonly refusal: (message: string) => object;
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const event = (value: { readonly type: string }): string => `event: ${value.type}\n${data(value)}`;

const chat: Omit<Dialect, 'model'> = {
  path: '/chat/completions',
  keyHeader: 'authorization',
  keyPrefix: 'Bearer ',
  frames: ({ texts = [], toolCalls = [], usage }) => {
    const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'm' };
    const chunk = (delta: object, finish_reason: string | null = null): object => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason }],
    });
    const calls = toolCalls.flatMap(({ id, name, arguments: args }, index) => {
      const text = JSON.stringify(args);
      const part = (fragment: object): object => chunk({ tool_calls: [{ index, ...fragment }] });
      return [
        part({ id, type: 'function', function: { name, arguments: '' } }),
        part({ function: { arguments: text.slice(0, 3) } }),
        part({ function: { arguments: text.slice(3) } }),
      ];
    });
    const told = usage && {
      ...head,
      choices: [],
      usage: {
        prompt_tokens: usage.inputTokens,
        completion_tokens: usage.outputTokens,
        total_tokens: usage.inputTokens + usage.outputTokens,
      },
    };
    return [
      chunk({ role: 'assistant', content: '' }),
      ...texts.map((content) => chunk({ content })),
      ...calls,
      chunk({}, toolCalls.length > 0 ? 'tool_calls' : 'stop'),
      ...(told ? [told] : []),
    ]
      .map(data)
      .concat('data: [DONE]\n\n');
  },
  refusal: (message) => ({ error: { message, type: 'error', param: null, code: null } }),
};

const anthropic: Dialect = {
  model: 'claude-sonnet-4-5',
  path: '/messages',
  keyHeader: 'x-api-key',
  keyPrefix: '',
  frames: ({ texts = [], toolCalls = [], usage }) => {
    const block = (index: number, content_block: object, deltas: readonly object[]) => [
      { type: 'content_block_start', index, content_block },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ];
    const text = texts.map((piece) => ({ type: 'text_delta', text: piece }));
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: usage?.inputTokens ?? 0, output_tokens: 1 },
    };
    const stop_reason = toolCalls.length > 0 ? 'tool_use' : 'end_turn';
    const end = { type: 'message_delta', delta: { stop_reason, stop_sequence: null } };
    return [
      { type: 'message_start', message },
      ...(text.length > 0 ? block(0, { type: 'text', text: '' }, text) : []),
      ...toolCalls.flatMap(({ id, name, arguments: args }, index) => {
        const json = JSON.stringify(args);
        const pieces = [json.slice(0, 3), json.slice(3)];
        const deltas = pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
        return block(index + 1, { type: 'tool_use', id, name, input: {} }, deltas);
      }),
      { ...end, usage: { output_tokens: usage?.outputTokens ?? 0 } },
      { type: 'message_stop' },
    ].map(event);
  },
  refusal: (message) => ({ type: 'error', error: { type: 'api_error', message } }),
};

const google: Dialect = {
  model: 'gemini-2.5-flash',
  path: '/models/gemini-2.5-flash:streamGenerateContent',
  keyHeader: 'x-goog-api-key',
  keyPrefix: '',
  frames: ({ texts = [], toolCalls = [], usage }) => {
    const chunk = (parts: readonly object[], more: object = {}): object => ({
      candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
      modelVersion: 'm',
    });
    const calls = toolCalls.map(({ name, arguments: args }) => ({ functionCall: { name, args } }));
    const told = usage && {
      usageMetadata: {
        promptTokenCount: usage.inputTokens,
        candidatesTokenCount: usage.outputTokens,
        totalTokenCount: usage.inputTokens + usage.outputTokens,
      },
    };
    return [
      ...texts.map((text) => chunk([{ text }])),
      ...(calls.length > 0 ? [chunk(calls)] : []),
      { ...chunk([{ text: '' }], { finishReason: 'STOP' }), ...told },
    ].map(data);
  },
  refusal: (message) => ({ error: { code: 400, message, status: 'ERROR' } }),
};

/** By the provider's name in references. */
export const dialects = {
  'openai-compatible': { ...chat, model: 'llama3.2:3b' },
  openai: { ...chat, model: 'gpt-4o-mini' },
  anthropic,
  google,
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof dialects;
