import fc from 'fast-check';
import type { ModelPrompt, ModelStreamPart } from '../model.contract.ts';
import { OfflineModel } from './offline-model.ts';

const promptOf = (text: string): ModelPrompt => [{ role: 'user', content: [{ type: 'text', text }] }];
const tools = [{ type: 'function' as const, name: 'calculator', inputSchema: {} }];

async function partsOf(text: string, model = new OfflineModel()): Promise<ModelStreamPart[]> {
  const { stream } = await model.doStream({ prompt: promptOf(text), tools });
  const parts: ModelStreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

const deltasOf = (parts: readonly ModelStreamPart[]): string[] =>
  parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : []));

describe('the stream of the offline model', () => {
  it('gives one part per word between a start and an end', async () => {
    const parts = await partsOf('Hello');
    const deltas = deltasOf(parts);
    expect(deltas.every((delta) => /^\s*\S+$/.test(delta))).toBe(true);
    expect(parts.map(({ type }) => type)).toEqual([
      'stream-start',
      'text-start',
      ...deltas.map(() => 'text-delta'),
      'text-end',
      'finish',
    ]);
  });

  it('gives a tool call in the steps of a real provider', async () => {
    const parts = await partsOf('What is 6*7?');
    expect(parts.map(({ type }) => type)).toEqual([
      'stream-start',
      'tool-input-start',
      'tool-input-delta',
      'tool-input-end',
      'tool-call',
      'finish',
    ]);
    expect(parts[4]).toMatchObject({ toolName: 'calculator', input: '{"expression":"6*7"}' });
  });

  it('says the same to the same prompt, streamed or not, and ends whatever it is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const parts = await partsOf(text);
        expect(await partsOf(text)).toEqual(parts);
        const { content } = await new OfflineModel().doGenerate({ prompt: promptOf(text), tools });
        const said = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
        expect(deltasOf(parts).join('')).toBe(said);
        expect(parts.at(-1)?.type).toBe('finish');
      }),
    );
  });

  it('counts words as tokens', async () => {
    const parts = await partsOf('one two three');
    expect(parts.at(-1)).toMatchObject({
      usage: { inputTokens: { total: 3 }, outputTokens: { total: deltasOf(parts).length } },
    });
  });

  it('pauses between the words when configured', async () => {
    const before = performance.now();
    await partsOf('/say 5', new OfflineModel({ deltaDelayMs: 20 }));
    expect(performance.now() - before).toBeGreaterThanOrEqual(95);
  });

  it.each([
    ['/sleep 60000', 0],
    ['/say 99999', 0],
    ['/say 99999', 1],
  ])(
    'says at most one more word after an abort of %j (pause %i ms), and gives the reason',
    async (text, deltaDelayMs) => {
      const controller = new AbortController();
      const reason = new Error('The user stopped the run.');
      const { stream } = await new OfflineModel({ deltaDelayMs }).doStream({
        prompt: promptOf(text),
        abortSignal: controller.signal,
      });
      setTimeout(() => controller.abort(reason), 20);
      let afterAbort = 0;
      const reading = (async () => {
        for await (const part of stream) {
          expect(part.type).not.toBe('finish');
          if (controller.signal.aborted) afterAbort += 1;
        }
      })();
      await expect(reading).rejects.toBe(reason);
      expect(afterAbort).toBeLessThanOrEqual(1);
    },
  );

  it('says nothing when it was aborted before', async () => {
    const reason = new Error('Too late.');
    const { stream } = await new OfflineModel().doStream({
      prompt: promptOf('Hello'),
      abortSignal: AbortSignal.abort(reason),
    });
    await expect(stream.getReader().read()).rejects.toBe(reason);
  });
});
