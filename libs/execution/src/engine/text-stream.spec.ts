import type { EventBatch } from '@bulkhead/events';
import fc from 'fast-check';
import { TextStream } from './text-stream.ts';

/** Takes batches one at a time, each when the spec lets it. */
class Storage {
  readonly begun: EventBatch[] = [];
  readonly #settle: ((error?: Error) => void)[] = [];

  readonly emit = (batch: EventBatch): Promise<[]> => {
    this.begun.push(batch);
    return new Promise((resolve, reject) =>
      this.#settle.push((error) => (error ? reject(error) : resolve([]))),
    );
  };

  /** Ends the storing of the oldest batch, and lets what waits for it go on. */
  async settle(error?: Error): Promise<void> {
    this.#settle.shift()?.(error);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }

  get texts(): string[][] {
    return this.begun.map(({ events }) =>
      events.map(({ type, data }) => (type === 'message_delta' ? data.text : type)),
    );
  }
}

describe("a model's text on its way to the client", () => {
  let storage: Storage;
  let stream: TextStream;
  beforeEach(() => {
    storage = new Storage();
    stream = new TextStream(storage, 'assistant', 3, 'model:3:1');
  });

  it('goes out with its first piece at once', () => {
    stream.push('Hello');
    expect(storage.begun).toEqual([
      {
        agentName: 'assistant',
        key: 'model:3:1:text:1',
        events: [{ type: 'message_delta', data: { step: 3, text: 'Hello' } }],
      },
    ]);
  });

  it('is stored one batch at a time: what comes meanwhile is the next, in order', async () => {
    ['a', 'b', 'c'].forEach((text) => stream.push(text));
    expect(storage.texts).toEqual([['a']]);
    await storage.settle();
    stream.push('d');
    expect(storage.texts).toEqual([['a'], ['b', 'c']]);
    await storage.settle();
    expect(storage.texts).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(storage.begun.map(({ key }) => key)).toEqual([
      'model:3:1:text:1',
      'model:3:1:text:2',
      'model:3:1:text:3',
    ]);
  });

  it('has ended when everything is stored, and not before', async () => {
    let hasEnded = false;
    stream.push('a');
    stream.push('b');
    const ending = stream.end().then(() => (hasEnded = true));
    await storage.settle();
    expect(hasEnded).toBe(false);
    await storage.settle();
    await ending;
  });

  it('without a word stores nothing', async () => {
    stream.push('');
    await stream.end();
    expect(storage.begun).toEqual([]);
  });

  it('fails at its end with what storing threw', async () => {
    const full = new Error('the disk is full');
    stream.push('a');
    stream.push('b');
    const ending = expect(stream.end()).rejects.toBe(full);
    await storage.settle(full);
    await ending;
  });

  it('fails at the next piece with what storing threw, and stores no later piece', async () => {
    const full = new Error('the disk is full');
    stream.push('a');
    await storage.settle(full);
    expect(() => stream.push('b')).toThrow(full);
    await expect(stream.end()).rejects.toBe(full);
    expect(storage.texts).toEqual([['a']]);
  });

  it('keeps a character together that the model cut in two', async () => {
    const [first = '', second = ''] = '🌊'.split('');
    stream.push(`sea ${first}`);
    await storage.settle();
    stream.push(second);
    expect(storage.texts).toEqual([['sea '], ['🌊']]);
  });

  it('is complete also when the model stops in the middle of a character', async () => {
    const [half = ''] = '🌊'.split('');
    stream.push(half);
    const ending = stream.end();
    await storage.settle();
    await ending;
    expect(storage.texts).toEqual([[half]]);
  });

  it('is the concatenation of its deltas, however the model cuts it and however slow storage is', async () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 30 });
    const anyCuts = fc.array(fc.record({ length: fc.nat(4), settles: fc.nat(2) }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(anyText, anyCuts, async (text, cuts) => {
        const slow = new Storage();
        const cut = new TextStream(slow, 'assistant', 1, 'model:1:1');
        let at = 0;
        for (const { length, settles } of cuts) {
          cut.push(text.slice(at, (at += length)));
          for (let count = 0; count < settles; count++) await slow.settle();
        }
        cut.push(text.slice(at));
        const ending = cut.end();
        for (let count = 0; count <= cuts.length + 1; count++) await slow.settle();
        await ending;
        const deltas = slow.texts.flat();
        expect(deltas.join('')).toBe(text);
        expect(deltas.every((delta) => delta !== '' && delta.isWellFormed())).toBe(true);
        expect(new Set(slow.begun.map(({ key }) => key)).size).toBe(slow.begun.length);
      }),
    );
  });
});
