import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import type { ModelReply } from '../model-call.ts';
import { askModel, streamOf, type AskedModel } from '../testing/index.ts';

const chat: AskedModel[] = [
  { provider: 'openai-compatible', model: 'llama3.2:3b' },
  { provider: 'openai', model: 'gpt-4o-mini' },
];
const ask = async (model: AskedModel, answer: string, contentType?: string): Promise<ModelReply> =>
  (
    await askModel(
      model,
      [{ role: 'user', text: 'Hello' }],
      answer,
      contentType === undefined ? {} : { contentType },
    )
  ).reply;
const delta = (fields: unknown, finish_reason: unknown = null): object => ({
  choices: [{ index: 0, delta: fields, finish_reason }],
});
const hello = [
  delta({ role: 'assistant', content: '' }),
  delta({ content: 'Hel' }),
  delta({ content: 'lo' }),
];
const stop = delta({}, 'stop');
const usage = { prompt_tokens: 12, completion_tokens: 5 };
const call = (more: object): object => delta({ tool_calls: [more] });
const asked = delta({}, 'tool_calls');

let warned: jest.SpiedFunction<(message: unknown) => void>;
beforeEach(
  () =>
    (warned = jest
      .spyOn(Logger.prototype as { warn: (message: unknown) => void }, 'warn')
      .mockImplementation(() => undefined)),
);
afterEach(() => warned.mockRestore());

describe.each(chat)('an odd stream of $provider', (model) => {
  it.each<[string, readonly unknown[]]>([
    ['a chunk without choices', [...hello, { id: 'x', object: 'ping' }, stop]],
    ['choices that are null', [...hello, { choices: null }, stop]],
    ['a choice that is null', [...hello, { choices: [null] }, stop]],
    ['null', [...hello, null, stop]],
    ['a number', [...hello, 5, stop]],
    ['a delta that is null', [...hello, delta(null), stop]],
    ['no delta', [...hello, { choices: [{ index: 0, finish_reason: null }] }, stop]],
    ['an error that is null', [...hello, { error: null, ...stop }]],
    ['another role', [delta({ role: '', content: 'Hel' }), delta({ role: 'model', content: 'lo' }), stop]],
    [
      'null for everything',
      [...hello, delta({ content: null, tool_calls: null, reasoning_content: null }), stop],
    ],
    ['texts in parts', [delta({ content: [{ type: 'text', text: 'Hello' }] }), stop]],
    [
      'the message once more',
      [...hello, { choices: [{ index: 0, message: { content: 'Hello' }, finish_reason: 'stop' }] }],
    ],
    [
      'ids and dates of other types',
      [{ ...delta({ content: 'Hello' }), id: 7, created: '2026', model: null }, stop],
    ],
    ['fields nobody knows', [{ ...delta({ content: 'Hello', audio: {} }), x_groq: { id: 1 } }, stop]],
    [
      'probabilities that are odd',
      [{ choices: [{ index: 0, delta: { content: 'Hello' }, logprobs: [1] }] }, stop],
    ],
    ['a reason that is empty until the end', [...hello.map((chunk) => chunk), delta({}, ''), stop]],
    ['no index', [{ choices: [{ delta: { content: 'Hello' } }] }, { choices: [{ finish_reason: 'stop' }] }]],
  ])('with %s is the whole answer', async (_, chunks) => {
    expect(await ask(model, streamOf(...chunks))).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });

  it.each<[string, unknown]>([
    ['without choices', { usage }],
    ['with choices that are null', { choices: null, usage }],
    [
      'with texts beside the numbers',
      { choices: [], usage: { ...usage, cost: '0.1', prompt_tokens_details: null } },
    ],
  ])('tells what it used in a chunk %s', async (_, chunk) => {
    const reply = await ask(model, streamOf(...hello, stop, chunk));
    expect(reply).toMatchObject({
      text: 'Hello',
      usage: { inputTokens: 12, outputTokens: 5, isEstimated: false },
    });
  });

  it.each<[string, string]>([
    ['comments and empty lines', `: ping\n\n\n\n${streamOf(...hello, stop)}: ping\n\n`],
    ['CRLF', streamOf(...hello, stop).replaceAll('\n', '\r\n')],
    ['words that keep it open', `data: ping\n\n${streamOf(...hello, stop)}data: [DONE]\n\n`],
    ['no empty line at its end', streamOf(...hello, stop).trimEnd()],
    ['no space behind the colon', streamOf(...hello, stop).replaceAll('data: ', 'data:')],
    ['a mark at its beginning', `\ufeff${streamOf(...hello, stop)}`],
  ])('with %s is the whole answer', async (_, body) => {
    expect(await ask(model, body)).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });

  it('that is none, but an answer in one piece, is read all the same', async () => {
    const message = { role: 'assistant', content: 'Hello', tool_calls: null };
    const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
    expect(await ask(model, body, 'application/json')).toMatchObject({
      text: 'Hello',
      usage: { inputTokens: 12 },
    });
  });

  it.each<[string, readonly object[], readonly object[]]>([
    [
      'arguments that are an object',
      [call({ index: 0, id: 'a', function: { name: 'add', arguments: { x: 1 } } })],
      [{ id: 'a', name: 'add', arguments: { x: 1 } }],
    ],
    [
      'arguments that are null, and then come',
      [
        call({ index: 0, id: 'a', function: { name: 'add', arguments: null } }),
        call({ index: 0, id: null, function: { name: null, arguments: '{"x":1}' } }),
      ],
      [{ id: 'a', name: 'add', arguments: { x: 1 } }],
    ],
    [
      'no arguments at all',
      [call({ index: 0, id: 'a', function: { name: 'add' } })],
      [{ id: 'a', name: 'add', arguments: {} }],
    ],
    [
      'the name after the arguments',
      [
        call({ index: 0, id: 'a', function: { arguments: '{"x":' } }),
        call({ index: 0, function: { name: 'add', arguments: '1}' } }),
      ],
      [{ id: 'a', name: 'add', arguments: { x: 1 } }],
    ],
    [
      'no index',
      [
        call({ id: 'a', function: { name: 'add', arguments: '{"x":1}' } }),
        call({ id: 'b', function: { name: 'add', arguments: '{"x":' } }),
        call({ function: { arguments: '2}' } }),
      ],
      [
        { id: 'a', name: 'add', arguments: { x: 1 } },
        { id: 'b', name: 'add', arguments: { x: 2 } },
      ],
    ],
    [
      'an index that is a text, and an empty type',
      [call({ index: '0', type: '', id: 'a', function: { name: 'add', arguments: '{}' } })],
      [{ id: 'a', name: 'add', arguments: {} }],
    ],
    [
      'one index for all',
      [
        call({ index: 0, id: 'a', function: { name: 'add', arguments: '{"x":1}' } }),
        call({ index: 0, id: 'b', function: { name: 'add', arguments: '{"x":2}' } }),
      ],
      [
        { id: 'a', name: 'add', arguments: { x: 1 } },
        { id: 'b', name: 'add', arguments: { x: 2 } },
      ],
    ],
    [
      'one without a name beside a good one',
      [
        call({ index: 0, id: 'a', function: { name: 'add', arguments: '{}' } }),
        call({ index: 1, id: 'b', function: { arguments: '{"x":2}' } }),
      ],
      [{ id: 'a', name: 'add', arguments: {} }],
    ],
    [
      'name and arguments beside the function that they belong to',
      [call({ index: 0, id: 'a', name: 'add', arguments: '{}' })],
      [{ id: 'a', name: 'add', arguments: {} }],
    ],
    [
      'null among the calls',
      [delta({ tool_calls: [null, { index: 0, id: 'a', function: { name: 'add', arguments: '{}' } }] })],
      [{ id: 'a', name: 'add', arguments: {} }],
    ],
  ])('whose tool calls have %s asks for its tools', async (_, chunks, expected) => {
    const reply = await ask(model, streamOf(...chunks, asked));
    expect(reply.toolCalls).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    [
      'as it should be',
      { error: { message: 'secret', type: 'invalid_request_error' } },
      'model_refused_request',
    ],
    ['that is a text', { error: 'secret' }, 'model_failed'],
    ['with a numeric status', { error: { code: 401, message: 'secret' } }, 'model_access_denied'],
    [
      'of llama.cpp',
      { error: { code: 400, message: 'secret', type: 'exceed_context_size_error' } },
      'model_context_too_long',
    ],
    [
      'of vLLM',
      { object: 'error', message: 'secret', type: 'BadRequestError', code: 400 },
      'model_refused_request',
    ],
  ])('that has an error %s fails by its kind', async (_, chunk, code) => {
    const failure = ask(model, streamOf(hello[0], chunk));
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.not.toThrow('secret');
  });

  it('that has half an object is half an answer, which is none', async () => {
    const body = `${streamOf(...hello)}data: {"choices":[{"delta":{"content":" an\n\n${streamOf(stop)}`;
    await expect(ask(model, body)).rejects.toMatchObject({ code: 'model_failed' });
  });

  it('names what it leaves out, once, and never its content', async () => {
    const odd = { object: 'ping', note: 'my secret' };
    await ask(model, streamOf(...hello, odd, odd, 'my secret', stop));
    const lines = warned.mock.calls.map(([line]) => line);
    expect(lines).toEqual([
      { provider: model.provider, leftOut: 'chunk without choices' },
      { provider: model.provider, leftOut: 'chunk that is no object' },
    ]);
  });

  it('never breaks the answer beside it, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 4 }), async (odd) => {
        const harmless = odd.filter(
          (chunk) => !/"(?:error|content|choices|finish_reason|object|type)"/.test(JSON.stringify(chunk)),
        );
        const chunks = hello.flatMap((chunk, index) => [
          chunk,
          ...(index < harmless.length ? [harmless[index]] : []),
        ]);
        expect(await ask(model, streamOf(...chunks, stop))).toMatchObject({
          text: 'Hello',
          finishReason: 'stop',
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('an odd stream of Anthropic', () => {
  const claude: AskedModel = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
  const start = {
    type: 'message_start',
    message: { id: 'm', model: 'm', usage: { input_tokens: 3, output_tokens: 1 } },
  };
  const block = (index: number, content_block: object, ...deltas: object[]): object[] => [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((content) => ({ type: 'content_block_delta', index, delta: content })),
    { type: 'content_block_stop', index },
  ];
  const said = block(0, { type: 'text', text: '' }, { type: 'text_delta', text: 'Hello' });
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ];

  it.each<[string, readonly object[]]>([
    ['an event that is new', [start, { type: 'heartbeat_v2' }, ...said, ...end]],
    [
      'a block that is new',
      [start, ...block(1, { type: 'hologram' }, { type: 'light_delta' }), ...said, ...end],
    ],
    [
      'a delta that is new',
      [
        start,
        ...block(
          0,
          { type: 'text', text: '' },
          { type: 'mood_delta' },
          { type: 'text_delta', text: 'Hello' },
        ),
        ...end,
      ],
    ],
    ['words in the begin of a block', [start, ...block(0, { type: 'text', text: 'Hello' }), ...end]],
    [
      'no usage',
      [{ type: 'message_start', message: { id: 'm' } }, ...said, { ...end[0], usage: undefined }, end[1]!],
    ],
    ['null for the tokens', [start, ...said, { ...end[0], usage: { output_tokens: null } }, end[1]!]],
  ])('with %s is the whole answer', async (_, events) => {
    expect(await ask(claude, streamOf(...events))).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });

  it('names what it leaves out', async () => {
    await ask(
      claude,
      streamOf(start, ...block(1, { type: 'hologram' }, { type: 'light_delta' }), ...said, ...end),
    );
    expect(warned.mock.calls.map(([line]) => line)).toEqual([
      { provider: 'anthropic', leftOut: 'block of the type hologram' },
    ]);
  });

  it('that ends with an error fails by its kind', async () => {
    const error = {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 9 > 1' },
    };
    await expect(ask(claude, streamOf(start, ...said, error))).rejects.toMatchObject({
      code: 'model_context_too_long',
    });
  });
});

describe('an odd stream of Google', () => {
  const gemini: AskedModel = { provider: 'google', model: 'gemini-2.5-flash' };
  const said = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] } }] };
  const stopped = { candidates: [{ content: {}, finishReason: 'STOP' }] };

  it.each<[string, readonly object[]]>([
    ['no candidates', [{ modelVersion: 'm' }, said, stopped]],
    ['candidates that are null', [said, { candidates: null }, stopped]],
    ['parts that are null', [said, { candidates: [{ content: { parts: null }, finishReason: 'STOP' }] }]],
    [
      'a part that is new',
      [{ candidates: [{ content: { parts: [{ text: 'Hello' }, { hologram: {} }] } }] }, stopped],
    ],
    [
      'a call without a name',
      [said, { candidates: [{ content: { parts: [{ functionCall: {} }] }, finishReason: 'STOP' }] }],
    ],
    ['ratings that are odd', [{ candidates: [{ ...said.candidates[0], safetyRatings: 5 }] }, stopped]],
    ['usage that is odd', [said, { ...stopped, usageMetadata: { promptTokenCount: null, x: 'y' } }]],
  ])('with %s is the whole answer', async (_, chunks) => {
    expect(await ask(gemini, streamOf(...chunks))).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });
});
