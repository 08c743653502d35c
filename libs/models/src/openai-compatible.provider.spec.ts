import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatMessage, ToolOffer } from './chat-message.ts';
import { callModel, type ModelReply } from './model-call.ts';
import { ModelFailedError } from './models.errors.ts';
import { openProvider } from './providers.ts';
import { ChatCompletionsServer, streamChunks, type ChatCompletionsHandler } from './testing/index.ts';

const API_KEY = 'sk-secret-4711';
const adder: ToolOffer = {
  name: 'add',
  description: 'Adds.',
  parameters: { type: 'object', properties: { x: { type: 'number' } } },
};

interface Asked {
  readonly apiKey?: string;
  readonly messages?: readonly ChatMessage[];
  readonly signal?: AbortSignal;
  readonly onText?: (delta: string) => void;
}

let server: ChatCompletionsServer;
let baseUrl: string;

beforeEach(async () => {
  server = new ChatCompletionsServer();
  baseUrl = await server.listen();
});
afterEach(() => server.close());

const modelAt = (url: string, apiKey: string) =>
  openProvider('openai-compatible', { defaultModel: 'offline', openaiCompatible: { baseUrl: url, apiKey } })!(
    'gpt-4o-mini',
  );

function ask(handler: ChatCompletionsHandler, asked: Asked = {}): Promise<ModelReply> {
  server.handler = handler;
  const { apiKey = API_KEY } = asked;
  return callModel(modelAt(baseUrl, apiKey), {
    instructions: 'Be brief.',
    messages: asked.messages ?? [{ role: 'user', text: 'Hello' }],
    tools: [adder],
    signal: asked.signal ?? new AbortController().signal,
    onText: asked.onText ?? (() => undefined),
  });
}

const failureOf = async (reply: Promise<ModelReply>): Promise<ModelFailedError> => {
  const error: unknown = await reply.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelFailedError);
  return error as ModelFailedError;
};

const chunk = (delta: object, finishReason: string | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, delta, finish_reason: finishReason }],
});
const usageChunk = {
  ...chunk({}),
  choices: [],
  usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
};
const fragment = (index: number, args: string, start?: { id: string; name: string }): object =>
  chunk({
    tool_calls: [
      {
        index,
        ...(start && { id: start.id, type: 'function' }),
        function: { ...(start && { name: start.name }), arguments: args },
      },
    ],
  });

const streaming =
  (chunks: readonly unknown[], packetBytes?: number): ChatCompletionsHandler =>
  async (response) => {
    await streamChunks(response, chunks, packetBytes);
    response.end('data: [DONE]\n\n');
  };
const greeting = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Grüß' }),
  chunk({ content: ' dich 🦉' }),
  chunk({}, 'stop'),
  usageChunk,
];

describe('an answer of an OpenAI-compatible server', () => {
  it.each([1_000_000, 7, 1])('is streamed text, whatever the packets (%i bytes)', async (packetBytes) => {
    const deltas: string[] = [];
    const reply = await ask(streaming(greeting, packetBytes), { onText: (delta) => void deltas.push(delta) });
    expect(deltas).toEqual(['Grüß', ' dich 🦉']);
    expect(reply).toEqual({
      text: 'Grüß dich 🦉',
      toolCalls: [],
      usage: { inputTokens: 12, outputTokens: 5, isEstimated: false },
      finishReason: 'stop',
    });
  });

  it('is tool calls put together from their fragments', async () => {
    const reply = await ask(
      streaming([
        fragment(0, '', { id: 'call_a', name: 'add' }),
        fragment(0, '{"x"'),
        fragment(1, '{"x":', { id: 'call_b', name: 'add' }),
        fragment(0, ':1}'),
        fragment(1, '2}'),
        chunk({}, 'tool_calls'),
        usageChunk,
      ]),
    );
    expect(reply).toMatchObject({ text: '', finishReason: 'tool-calls' });
    expect(reply.toolCalls).toEqual([
      { id: 'call_a', name: 'add', arguments: { x: 1 } },
      { id: 'call_b', name: 'add', arguments: { x: 2 } },
    ]);
  });

  it('may hold arguments that are no JSON', async () => {
    const start = { id: 'call_a', name: 'add' };
    const reply = await ask(streaming([fragment(0, '{"x": one}', start), chunk({}, 'tool_calls')]));
    expect(reply.toolCalls).toEqual([{ ...start, invalidArguments: '{"x": one}' }]);
  });

  it('names a tool as the model wrote it: with a space at its side it is another one', async () => {
    const start = { id: 'call_a', name: ' add' };
    const reply = await ask(streaming([fragment(0, '{}', start), chunk({}, 'tool_calls')]));
    expect(reply.toolCalls).toEqual([{ ...start, arguments: {} }]);
  });

  it("is told without the model's reasoning", async () => {
    const thinking = chunk({ reasoning_content: 'Hm.' });
    expect((await ask(streaming([thinking, ...greeting]))).text).toBe('Grüß dich 🦉');
  });

  it('needs no usage, as some servers send none', async () => {
    const reply = await ask(streaming(greeting.slice(0, -1)));
    expect(reply.usage).toEqual({
      inputTokens: expect.any(Number),
      outputTokens: 4,
      isEstimated: true,
    });
  });
});

describe('a request to an OpenAI-compatible server', () => {
  it('carries model, instructions, tools and key', async () => {
    await ask(streaming(greeting));
    expect(server.requests).toEqual([
      {
        path: '/v1/chat/completions',
        authorization: `Bearer ${API_KEY}`,
        body: {
          model: 'gpt-4o-mini',
          stream: true,
          stream_options: { include_usage: true },
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Hello' },
          ],
          tools: [{ type: 'function', function: adder }],
        },
      },
    ]);
  });

  it('carries calls and results under one id', async () => {
    await ask(streaming(greeting), {
      messages: [
        { role: 'user', text: 'Add.' },
        { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'add', arguments: { x: 1 } }] },
        { role: 'tool', toolCallId: 'a', toolName: 'add', result: { sum: 2 }, isError: false },
      ],
    });
    expect(server.requests[0]?.body['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Add.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'add', arguments: '{"x":1}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: '{"sum":2}' },
    ]);
  });

  it('carries no key when there is none', async () => {
    await ask(streaming(greeting), { apiKey: '' });
    expect(server.requests[0]?.authorization).toBeUndefined();
  });
});

describe('a failure of an OpenAI-compatible server', () => {
  it.each([401, 404, 429, 500])('with HTTP %i keeps secrets out of its message', async (status) => {
    const error = await failureOf(
      ask((response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '3' });
        response.end(JSON.stringify({ error: { message: `Incorrect API key provided: ${API_KEY}` } }));
      }),
    );
    expect(error.message).toContain(`HTTP ${status}`);
    expect(error.details).toEqual({ retryAfterSeconds: 3 });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('secret');
    expect(error.cause).toMatchObject({ statusCode: status });
  });

  it.each<[string, ChatCompletionsHandler]>([
    [
      'that cuts the connection',
      async (response) => {
        await streamChunks(response, greeting.slice(0, 2));
        response.destroy();
      },
    ],
    [
      'that ends too early',
      async (response) => {
        await streamChunks(response, greeting.slice(0, 3));
        response.end();
      },
    ],
    [
      'that ends within a tool call',
      async (response) => {
        await streamChunks(response, [fragment(0, '{"x":1}', { id: 'call_a', name: 'add' })]);
        response.end();
      },
    ],
    ['that streams an error', streaming([greeting[1], { error: { message: `quota of ${API_KEY}` } }])],
    ['that streams something else', streaming([greeting[1], 'nonsense'])],
    ['that hangs up', (response) => void response.destroy()],
  ])('%s is told as such', async (_name, handler) => {
    const error = await failureOf(ask(handler));
    expect(error.message).toBe('The model "gpt-4o-mini" gave no complete answer. Try again in a moment.');
    expect(error.cause).toBeDefined();
  });

  it.each([{ 'content-type': 'text/html; charset=utf-8' }, { 'content-type': 'text/event-stream' }, {}])(
    'that answers with a page is told as an address that is wrong (%j)',
    async (headers) => {
      const error = await failureOf(
        ask(
          (response) => void response.writeHead(200, headers).end(' <!doctype html><html>sk-secret</html>'),
        ),
      );
      expect(error).toMatchObject({ code: 'model_not_reached', kind: 'upstream' });
      expect(error.message).toContain('base URL');
      expect(error.message).not.toContain('secret');
    },
  );

  it('that nobody answers at is told as such', async () => {
    const gone = new ChatCompletionsServer();
    const model = modelAt(await gone.listen(), '');
    await gone.close();
    const { signal } = new AbortController();
    const call = { instructions: '', messages: [], tools: [], signal, onText: () => undefined };
    await failureOf(callModel(model, call));
  });
});

describe('aborting a call to an OpenAI-compatible server', () => {
  it.each<[string, ChatCompletionsHandler]>([
    ['before the first byte', () => undefined],
    ['in the middle of the stream', (response) => streamChunks(response, greeting.slice(0, 2))],
  ])('%s closes the connection and gives the reason', async (_name, handler) => {
    const controller = new AbortController();
    const reason = new Error('The user stopped the run.');
    let hungUp: Promise<unknown> = Promise.resolve();
    const reply = ask(
      async (response, request) => {
        hungUp = once(response, 'close');
        await handler(response, request);
      },
      { signal: controller.signal },
    );
    await sleep(100);
    controller.abort(reason);
    await expect(reply).rejects.toBe(reason);
    await hungUp;
  });
});
