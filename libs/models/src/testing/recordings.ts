import { chatHead } from './dialects/chat-wire.ts';
import { dataFrame } from './dialects/dialect.contract.ts';

/** A response as a real service once gave it. */
export interface Recording {
  /** Default 200. */
  readonly status?: number | undefined;
  /** Default: an event stream's. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly frames: readonly string[];
  /** Before each frame. Default: none. */
  readonly pauseMs?: number | undefined;
  /** Default true: otherwise the connection stays open. */
  readonly ends?: boolean | undefined;
}

const head = chatHead('m');
const choice = (delta: object, finish_reason: string | null = null): object => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason }],
});
const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
const done = 'data: [DONE]\n\n';
const stream = (...chunks: readonly object[]): Recording => ({ frames: [...chunks.map(dataFrame), done] });
const hello = [
  choice({ role: 'assistant', content: '' }),
  choice({ content: 'Hel' }),
  choice({ content: 'lo' }),
];
const end = choice({}, 'stop');

/**
 * Streams of chat completions that are odd, and none the worse: each says `Hello`. Sources: openai/openai-node#364
 * (without choices), codexu/note-gen#1226, gradio-app/gradio#11755 (null), pydantic/pydantic-ai#5170 (usage only),
 * api-docs.deepseek.com (comments), docs.vllm.ai (usage in every chunk).
 */
export const oddChats: Readonly<Record<string, Recording>> = {
  'keep-alive chunks without choices': stream(
    { ...head },
    hello[0]!,
    { ...head },
    hello[1]!,
    {},
    hello[2]!,
    end,
  ),
  'choices that are null': stream({ ...head, choices: null }, ...hello, end, {
    ...head,
    choices: null,
    usage,
  }),
  'usage in a last chunk without choices': stream(...hello, end, {
    id: '',
    object: '',
    created: 0,
    model: '',
    usage,
  }),
  'usage in every chunk': stream(...[...hello, end].map((chunk) => ({ ...chunk, usage }))),
  'a ping as JSON': stream(hello[0]!, { type: 'ping' }, hello[1]!, hello[2]!, end),
  'a first chunk of filter results': stream(
    { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [{ prompt_index: 0 }] },
    ...hello,
    end,
  ),
  comments: {
    frames: [...hello, end].flatMap((chunk) => [': keep-alive\n\n', ':\n\n', dataFrame(chunk)]).concat(done),
  },
  'carriage returns': {
    frames: [...hello, end]
      .map((chunk) => dataFrame(chunk).replaceAll('\n', '\r\n'))
      .concat('data: [DONE]\r\n\r\n'),
  },
  'no end marker': { frames: [...hello, end].map(dataFrame) },
  'null where nothing is': stream(
    choice({ role: 'assistant', content: null, tool_calls: null, refusal: null, reasoning_content: null }),
    ...hello,
    end,
  ),
};

/**
 * Streams of chat completions that call the tool `add` with `{"x":1}`, oddly. Sources: ggml-org/llama.cpp#20198
 * (arguments as an object); servers that give no type, no index of their own, or everything at once.
 */
export const oddCalls: Readonly<Record<string, Recording>> = {
  'arguments as an object': stream(
    choice({
      tool_calls: [
        { index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: { x: 1 } } },
      ],
    }),
    choice({}, 'tool_calls'),
  ),
  'a finish reason of stop': stream(
    choice({
      tool_calls: [
        { index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"x":1}' } },
      ],
    }),
    end,
  ),
  'no type': stream(
    choice({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'add', arguments: '{"x":1}' } }] }),
    choice({}, 'tool_calls'),
  ),
};

/** Responses that are no answer, from any service behind the usual proxies. */
export const brokenResponses: Readonly<Record<string, Recording>> = {
  'a page of a proxy': {
    status: 502,
    headers: { 'content-type': 'text/html' },
    frames: ['<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'],
  },
  'a page with status 200': {
    headers: { 'content-type': 'text/html' },
    frames: ['<!doctype html><p>Log in</p>'],
  },
  'too many requests': {
    status: 429,
    headers: { 'content-type': 'application/json', 'retry-after': '3600' },
    frames: [
      '{"error":{"message":"Rate limit reached","type":"tokens","param":null,"code":"rate_limit_exceeded"}}',
    ],
  },
  'nothing at all': { frames: [] },
};

/** Chat completions that end without being an answer. */
export const unfinishedChats: Readonly<Record<string, Recording>> = {
  'cut off by its limit': stream(...hello, choice({}, 'length')),
  'cut off while it reasons': stream(choice({ reasoning_content: 'Hm.' }), choice({}, 'length')),
  filtered: stream(choice({ content: 'I can' }), choice({}, 'content_filter')),
  refused: stream(choice({ refusal: "I can't help with that." }), end),
  empty: stream(choice({ role: 'assistant', content: '' }), end),
  'an error in its middle': {
    frames: [
      dataFrame(hello[1]!),
      dataFrame({ error: { message: 'The server had an error', type: 'server_error', code: null } }),
    ],
  },
};

/** Gemini's answers without an answer (its reference: PromptFeedback, FinishReason). */
export const unfinishedGoogle: Readonly<Record<string, Recording>> = {
  'a blocked prompt': {
    frames: [
      dataFrame({
        promptFeedback: { blockReason: 'SAFETY' },
        usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 },
        modelVersion: 'm',
      }),
    ],
  },
  'a malformed call': {
    frames: [
      dataFrame({
        candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL', index: 0 }],
        modelVersion: 'm',
      }),
    ],
  },
  'a candidate without content': {
    frames: [dataFrame({ candidates: [{ finishReason: 'STOP', index: 0 }], modelVersion: 'm' })],
  },
};
