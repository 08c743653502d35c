import type { ToolOffer } from './chat-message.ts';
import { callModel, type CallUsage, type ModelCall } from './model-call.ts';
import { ModelRegistry } from './model-registry.service.ts';
import { ModelFailedError, ModelNotConfiguredError, ModelTimeoutError } from './models.errors.ts';
import type { ModelTimeouts } from './models.options.ts';
import {
  dialectNames,
  dialects,
  modelsAt,
  ProviderServer,
  type ProviderDialect,
  type ProviderAct,
} from './testing/index.ts';

const API_KEY = 'sk-secret-4711';
const PROMPT = 'my private question';
const adder: ToolOffer = {
  name: 'add',
  description: 'Adds.',
  parameters: { type: 'object', properties: { x: { type: 'number' } } },
};
const usage = { inputTokens: 12, outputTokens: 5 };
const greeting = { texts: ['Grüß', ' dich ', '🦉'], usage };
const answer: ProviderAct = { does: 'answer', answer: greeting };

describe.each(dialectNames)('the provider %s', (name) => {
  const dialect: ProviderDialect = dialects[name];
  let server: ProviderServer;
  let baseUrl: string;
  beforeEach(async () => {
    server = new ProviderServer(name);
    baseUrl = await server.listen();
  });
  afterEach(() => server.close());

  const modelWith = (patience: Partial<ModelTimeouts> = {}) => {
    const options = modelsAt(name, baseUrl, API_KEY);
    return new ModelRegistry({ ...options, patience: { backoffMs: 1, ...patience } }).resolve('default');
  };
  const ask = (
    acts: readonly ProviderAct[],
    call: Partial<ModelCall> = {},
    patience?: Partial<ModelTimeouts>,
  ) => {
    server.will(...acts);
    return callModel(modelWith(patience), {
      instructions: 'Be brief.',
      messages: [{ role: 'user', text: PROMPT }],
      tools: [adder],
      signal: new AbortController().signal,
      onText: () => undefined,
      ...call,
    });
  };
  const failureOf = async (reply: Promise<unknown>): Promise<unknown> => {
    const error: unknown = await reply.catch((thrown: unknown) => thrown);
    const { message, details } = error as ModelFailedError;
    expect(`${message} ${JSON.stringify(details)}`).not.toMatch(/secret|private/);
    return error;
  };

  it('streams text as it comes, and tells what it used', async () => {
    const deltas: string[] = [];
    const reply = await ask([answer], { onText: (delta) => void deltas.push(delta) });
    expect(deltas).toEqual(greeting.texts);
    expect(reply).toEqual({
      text: 'Grüß dich 🦉',
      toolCalls: [],
      usage: { ...usage, isEstimated: false },
      finishReason: 'stop',
    });
  });

  it('is sent the model, the conversation, the tools and the key as it wants them', async () => {
    await ask([answer]);
    const [request] = server.accepted;
    expect(request?.path.split('?')[0]).toBe(`/v1${dialect.path(dialect.model)}`);
    expect(request?.headers[dialect.keyHeader]).toBe(`${dialect.keyPrefix}${API_KEY}`);
    const body = JSON.stringify(request?.body);
    for (const part of ['Be brief.', PROMPT, '"add"', 'Adds.']) expect(body).toContain(part);
  });

  it('asks for tools, whose arguments are put together from their pieces', async () => {
    const toolCalls = [
      { name: 'add', arguments: { x: 1 } },
      { name: 'add', arguments: { x: 2 } },
    ];
    const reply = await ask([{ does: 'answer', answer: { toolCalls, usage } }]);
    expect(reply.finishReason).toBe('tool-calls');
    expect(reply.toolCalls.map((call) => ['arguments' in call && call.arguments, call.name])).toEqual([
      [{ x: 1 }, 'add'],
      [{ x: 2 }, 'add'],
    ]);
  });

  it('is given the results of its tools', async () => {
    const id = dialect.callId(1);
    await ask([answer], {
      messages: [
        { role: 'user', text: PROMPT },
        { role: 'assistant', text: '', toolCalls: [{ id, name: 'add', arguments: { x: 1 } }] },
        { role: 'tool', toolCallId: id, toolName: 'add', result: { sum: 4711 }, isError: false },
      ],
    });
    expect(JSON.stringify(server.accepted[0]?.body)).toContain('4711');
  });

  it('is estimated when it does not tell what it used', async () => {
    const reply = await ask([{ does: 'answer', answer: { texts: ['x'.repeat(400)] } }]);
    // Anthropic always tells.
    if (name !== 'anthropic') expect(reply.usage).toMatchObject({ isEstimated: true });
    if (name !== 'anthropic') expect(reply.usage.outputTokens).toBe(100);
  });

  it.each([429, 500, 503, 529])(
    'is asked again after HTTP %i, before the answer has begun',
    async (status) => {
      const reply = await ask([{ does: 'refuse', status }, { does: 'refuse', status }, answer]);
      expect(reply.text).toBe('Grüß dich 🦉');
      expect(server.accepted).toHaveLength(3);
    },
  );

  it.each<[string, ProviderAct]>([
    ['breaks the connection', { does: 'hang up' }],
    ['breaks it before the first piece', { does: 'cut', answer: greeting, frames: 0 }],
  ])('is asked again when it %s', async (_, act) => {
    expect((await ask([act, answer])).text).toBe('Grüß dich 🦉');
    expect(server.accepted).toHaveLength(2);
  });

  it('is given up after so many attempts', async () => {
    const error = await failureOf(ask([{ does: 'refuse', status: 503 }], {}, { retries: 2 }));
    expect(error).toMatchObject({ code: 'model_failed', message: expect.stringContaining('HTTP 503') });
    expect(server.accepted).toHaveLength(3);
  });

  it.each([
    [400, 'model_refused_request', 'upstream'],
    [401, 'model_access_denied', 'upstream'],
    [402, 'model_quota_exhausted', 'upstream'],
    [403, 'model_access_denied', 'upstream'],
    [404, 'model_not_found', 'upstream'],
    [413, 'model_context_too_long', 'invalid'],
    [422, 'model_refused_request', 'upstream'],
  ])('is not asked again after HTTP %i, which is %s', async (status, code, kind) => {
    const error = await failureOf(ask([{ does: 'refuse', status }]));
    expect(error).toBeInstanceOf(ModelFailedError);
    expect(error).toMatchObject({ code, kind, message: expect.stringContaining(`HTTP ${status}`) });
    expect(server.accepted).toHaveLength(1);
  });

  it('is not waited for longer than is reasonable, and the user is told when to come back', async () => {
    const error = await failureOf(ask([{ does: 'refuse', status: 429, headers: { 'retry-after': '3600' } }]));
    expect(error).toMatchObject({ details: { retryAfterSeconds: 3600 } });
    expect(server.accepted).toHaveLength(1);
  });

  it('is asked again when it says', async () => {
    const at = new Date(Date.now() - 1000).toUTCString();
    const acts: ProviderAct[] = ['0', at].map((after) => ({
      does: 'refuse',
      status: 429,
      headers: { 'retry-after': after },
    }));
    expect((await ask([...acts, answer], {}, { backoffMs: 10_000_000 })).text).toBe('Grüß dich 🦉');
  });

  it.each<[string, 'cut' | 'end early']>([
    ['cuts its answer', 'cut'],
    ['ends its answer too early', 'end early'],
  ])('fails when it %s, and is not asked again', async (_, does) => {
    let used: CallUsage | undefined;
    const frames = 2 + Number(name === 'anthropic');
    const error = await failureOf(
      ask([{ does, answer: greeting, frames }], { onFailedUsage: (failed) => (used = failed) }),
    );
    expect(error).toBeInstanceOf(ModelFailedError);
    expect(server.accepted).toHaveLength(1);
    expect(used?.isEstimated).toBe(true);
    expect(used?.inputTokens).toBeGreaterThan(10);
    expect(used?.outputTokens).toBeGreaterThan(0);
  });

  it.each<[string, ProviderAct, Partial<ModelTimeouts>, number]>([
    ['begins to answer', { does: 'hang' }, { connectTimeoutMs: 150, retries: 1 }, 2],
    ['gives a first piece', { does: 'stall', answer: greeting, frames: 0 }, { firstTokenTimeoutMs: 150 }, 1],
    ['goes on', { does: 'stall', answer: greeting, frames: 3 }, { stallTimeoutMs: 150 }, 1],
  ])('is not waited for when it never %s', async (_, act, patience, requests) => {
    const error = await failureOf(ask([act], {}, patience));
    expect(error).toBeInstanceOf(ModelTimeoutError);
    expect(error).toMatchObject({ code: 'model_timeout' });
    await Promise.all(server.accepted.map(({ closed }) => closed));
    expect(server.accepted).toHaveLength(requests);
  });

  it.each<[string, ProviderAct]>([
    ['before it answers', { does: 'hang' }],
    ['in the middle of its answer', { does: 'stall', answer: greeting, frames: 3 }],
  ])('is let go when the call is aborted %s', async (_, act) => {
    const abort = new AbortController();
    const reason = new Error('The user stopped the run.');
    const reply = ask([act], { signal: abort.signal, onText: () => abort.abort(reason) });
    const outcome = expect(reply).rejects.toBe(reason);
    while (server.accepted.length === 0) await new Promise(setImmediate);
    if (act.does === 'hang') abort.abort(reason);
    await outcome;
    await server.accepted[0]?.closed;
    expect(server.accepted).toHaveLength(1);
  });

  it('is not waited for between attempts when the call is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('The user stopped the run.');
    const reply = ask([{ does: 'refuse', status: 503 }], { signal: abort.signal }, { backoffMs: 600_000 });
    const outcome = expect(reply).rejects.toBe(reason);
    while (server.accepted.length === 0) await new Promise(setImmediate);
    setImmediate(() => abort.abort(reason));
    await outcome;
  });

  it('can not be used without what it needs, which is told when the server starts', () => {
    const { defaultModel } = modelsAt(name, baseUrl);
    const boot = () => new ModelRegistry({ defaultModel });
    const needed =
      dialect.provider === 'openai-compatible' ? 'openaiCompatible.baseUrl' : `${dialect.provider}.apiKey`;
    expect(boot).toThrow(ModelNotConfiguredError);
    expect(boot).toThrow(needed);
  });
});
