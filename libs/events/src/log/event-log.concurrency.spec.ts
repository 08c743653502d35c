import type { UserExecutionContext } from '@bulkhead/user-context';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';

const WRITERS = 8;
const BATCHES = 50;

let test: TestEvents;
beforeAll(async () => (test = await openTestEvents()));
afterAll(() => test.close());

/** Which batches fail after their events were stored, and how many events each has: an even mix of all cases. */
const rollsBack = (writer: number, batch: number): boolean => (writer + batch) % 4 === 0;
const textsOf = (writer: number, batch: number): string[] =>
  Array.from({ length: 1 + ((writer * BATCHES + batch) % 3) }, (_, index) => `${writer}.${batch}.${index}`);

/** Appends all batches of one writer, one after the other. @returns the texts that were committed */
async function write(context: UserExecutionContext, writer: number): Promise<string[]> {
  const committed: string[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const texts = textsOf(writer, batch);
    const work = test.database.transactions.run(context, async (transaction) => {
      await test.log.append(transaction, context, textBatch(texts));
      if (rollsBack(writer, batch)) throw new Error('planned');
    });
    await work.then(
      () => committed.push(...texts),
      (error: unknown) => expect(error).toEqual(new Error('planned')),
    );
  }
  return committed;
}

describe('writers on one thread, some of whose transactions roll back', () => {
  it('leave no hole and no duplicate, and a reader who polls meanwhile misses nothing', async () => {
    const first = await test.openRun();
    const runs = [first];
    while (runs.length < WRITERS) runs.push(await test.openRunIn(first));

    let isWriting = true;
    const seen: string[] = [];
    const poll = async (): Promise<void> => {
      let cursor = 0;
      for (let wasWriting = true; wasWriting;) {
        wasWriting = isWriting;
        const { threadId } = first;
        for (const event of await test.log.read(first, { threadId, afterSeq: cursor, limit: 100 })) {
          // An event that became visible after a later one would be missed here for good.
          expect(event.seq).toBe(cursor + 1);
          cursor = event.seq;
          seen.push((event.data as { text: string }).text);
        }
      }
    };
    const polling = poll();
    const committed = await Promise.all(runs.map(write));
    isWriting = false;
    await polling;

    const stored = await test.stored(first);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    expect(seen).toEqual(stored.map(({ data }) => (data as { text: string }).text).slice(0, seen.length));
    expect([...seen].sort()).toEqual(committed.flat().sort());
    expect(seen.length).toBeGreaterThan(WRITERS * BATCHES);
  });

  it('keep the events of a batch together, in their order', async () => {
    const context = await test.openRun();
    const batches = Array.from({ length: 40 }, (_, batch) => textsOf(1, batch));
    await Promise.all(batches.map((texts) => test.emit(context, textBatch(texts))));
    const stored = (await test.stored(context)).map(({ data }) => (data as { text: string }).text);
    for (const texts of batches) {
      const start = stored.indexOf(texts[0] ?? '');
      expect(stored.slice(start, start + texts.length)).toEqual(texts);
    }
  });
});
