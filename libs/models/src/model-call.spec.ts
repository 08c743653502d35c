import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { callModel, type ModelCall } from './model-call.ts';
import type { LanguageModel, ModelStreamPart } from './model.contract.ts';
import { ModelFailedError } from './models.errors.ts';
import { ScriptedModel, textAnswer } from './testing/index.ts';

const aCall = (overrides: Partial<ModelCall> = {}): ModelCall => ({
  instructions: 'Be brief.',
  messages: [{ role: 'user', text: 'Hello' }],
  tools: [],
  signal: new AbortController().signal,
  onText: () => undefined,
  ...overrides,
});

const usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};
const finish = (unified: 'stop' | 'tool-calls' | 'error'): ModelStreamPart => ({
  type: 'finish',
  finishReason: { unified, raw: unified },
  usage,
});

describe('callModel', () => {
  it.each([-1, 1.5, NaN, Infinity, 1e30])('estimates what a provider tells as %p tokens', async (total) => {
    const told = {
      inputTokens: { ...usage.inputTokens, total },
      outputTokens: { ...usage.outputTokens, total },
    };
    const end: ModelStreamPart = {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: told,
    };
    const { usage: used } = await callModel(new ScriptedModel([end]), aCall());
    expect(used.isEstimated).toBe(true);
    expect(
      [used.inputTokens, used.outputTokens].every((count) => Number.isInteger(count) && count < 1e6),
    ).toBe(true);
  });

  it('folds a stream of text into one reply', async () => {
    const reply = await callModel(new ScriptedModel(textAnswer('Hel', 'lo')), aCall());
    expect(reply).toEqual({
      text: 'Hello',
      toolCalls: [],
      usage: { inputTokens: 1, outputTokens: 2, isEstimated: false },
      finishReason: 'stop',
    });
  });

  it('hands over exactly the text of the reply, in order, one piece at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), async (deltas) => {
        const got: string[] = [];
        let busy = false;
        const onText = async (delta: string): Promise<void> => {
          expect(busy).toBe(false);
          busy = true;
          await nextTurn();
          got.push(delta);
          busy = false;
        };
        const { text } = await callModel(new ScriptedModel(textAnswer(...deltas)), aCall({ onText }));
        expect(got).toEqual(deltas.filter(Boolean));
        expect(text).toBe(deltas.join(''));
      }),
    );
  });

  it('gives tool calls in order, readable or not, and leaves those of the provider to it', async () => {
    const call = (toolCallId: string, input: string, providerExecuted = false): ModelStreamPart => ({
      type: 'tool-call',
      toolCallId,
      toolName: 'add',
      input,
      providerExecuted,
    });
    const script = [call('a', '{"x":1}'), call('b', '{"x'), call('c', '{}', true), finish('tool-calls')];
    const reply = await callModel(new ScriptedModel(script), aCall());
    expect(reply.toolCalls).toEqual([
      { id: 'a', name: 'add', arguments: { x: 1 } },
      { id: 'b', name: 'add', invalidArguments: '{"x' },
    ]);
    expect(reply).toMatchObject({ finishReason: 'tool-calls', usage: { isEstimated: true } });
    expect(JSON.parse(JSON.stringify(reply))).toEqual(reply);
  });

  it('offers tools only when there are some', async () => {
    const model = new ScriptedModel(textAnswer(), textAnswer());
    await callModel(model, aCall());
    await callModel(
      model,
      aCall({ tools: [{ name: 'add', description: 'Adds.', parameters: { type: 'object' } }] }),
    );
    expect(model.calls.map(({ tools }) => tools?.length)).toEqual([undefined, 1]);
  });

  it.each<[string, () => AsyncGenerator<ModelStreamPart> | ModelStreamPart[]]>([
    ['an error part', () => [{ type: 'error', error: new Error('secret') }, finish('error')]],
    ['a finish for an error', () => [finish('error')]],
    ['no finish at all', () => textAnswer('Hel').slice(0, -1)],
    ['nothing', () => []],
    [
      'a stream that throws',
      async function* () {
        yield* textAnswer('Hel').slice(0, -1);
        throw new Error('secret');
      },
    ],
  ])('fails on %s', async (_name, script) => {
    const error = await callModel(new ScriptedModel(script()), aCall()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelFailedError);
    expect(error).toMatchObject({ code: 'model_failed', kind: 'unavailable', cause: expect.any(Error) });
    expect((error as Error).message).not.toContain('secret');
  });

  it('fails when the model does not even begin', async () => {
    await expect(callModel(new ScriptedModel(), aCall())).rejects.toBeInstanceOf(ModelFailedError);
  });

  it('passes on what onText throws, and closes the stream', async () => {
    let closed = false;
    async function* script(): AsyncGenerator<ModelStreamPart> {
      try {
        yield* textAnswer('a', 'b');
      } finally {
        closed = true;
      }
    }
    const lost = new Error('The database is gone.');
    const onText = (): never => {
      throw lost;
    };
    await expect(callModel(new ScriptedModel(script()), aCall({ onText }))).rejects.toBe(lost);
    expect(closed).toBe(true);
  });
});

describe('aborting callModel', () => {
  const reason = new Error('The user stopped the run.');
  const never = new Promise<never>(() => undefined);
  const deaf = (doStream: LanguageModel['doStream']): LanguageModel =>
    Object.assign(new ScriptedModel(), { doStream });

  async function* hanging(): AsyncGenerator<ModelStreamPart> {
    yield* textAnswer('Hel').slice(0, -1);
    await never;
  }

  it.each<[string, LanguageModel]>([
    ['a model that never begins', deaf(() => never)],
    ['a model that never goes on', new ScriptedModel(hanging())],
  ])('does not wait for %s', async (_name, model) => {
    const controller = new AbortController();
    const reply = callModel(model, aCall({ signal: controller.signal }));
    await sleep(20);
    controller.abort(reason);
    await expect(reply).rejects.toBe(reason);
  });

  it('closes a stream that opens too late', async () => {
    const controller = new AbortController();
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }];
    const { stream } = await new ScriptedModel(hanging()).doStream({ prompt });
    let open: (result: { stream: typeof stream }) => void = () => undefined;
    const model = deaf(() => new Promise((resolve) => (open = resolve)));
    const reply = callModel(model, aCall({ signal: controller.signal }));
    controller.abort(reason);
    await expect(reply).rejects.toBe(reason);
    open({ stream });
    await sleep(1);
    expect(await stream.getReader().read()).toEqual({ done: true, value: undefined });
  });

  it('does not begin when it was aborted before', async () => {
    const model = new ScriptedModel(textAnswer('a'));
    await expect(callModel(model, aCall({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(model.calls).toEqual([]);
  });

  it('gives no more text after an abort, and no reply made of half of it', async () => {
    const controller = new AbortController();
    const got: string[] = [];
    const onText = (delta: string): void => {
      got.push(delta);
      controller.abort(reason);
    };
    const call = aCall({ signal: controller.signal, onText });
    await expect(callModel(new ScriptedModel(textAnswer('a', 'b', 'c')), call)).rejects.toBe(reason);
    expect(got).toEqual(['a']);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    let during = 0;
    const onText = (): void => void (during = getEventListeners(signal, 'abort').length);
    await callModel(new ScriptedModel(textAnswer('a')), aCall({ signal, onText }));
    expect(during).toBe(1);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
