import { getEventListeners } from 'node:events';
import type { UserExecutionContext } from '@bulkhead/user-context';
import fc from 'fast-check';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { ThreadReader } from './thread-reader.service.ts';

let test: TestEvents;
let reader: ThreadReader;
beforeAll(async () => {
  test = await openTestEvents();
  reader = test.node.get(ThreadReader, { strict: false });
});
afterAll(() => test.close());

/** Stores events without anybody hearing of them yet. */
const store = (context: UserExecutionContext, count: number): Promise<ThreadEvent[]> =>
  test.database.transactions.run(context, (transaction) =>
    test.log.append(transaction, context, textBatch(new Array<string>(count).fill('x'))),
  );

/** Reads in the background; `pull` asks for the next batch when none is asked for yet. */
function startReading(context: UserExecutionContext, afterSeq: number) {
  const abort = new AbortController();
  const { threadId } = context;
  const batches = reader.read(context, { threadId, afterSeq, signal: abort.signal });
  const seqs: number[] = [];
  let pulling: Promise<void> | undefined;
  const pull = (): Promise<void> =>
    (pulling ??= batches.next().then(({ value }) => {
      pulling = undefined;
      seqs.push(...((value ?? []) as readonly ThreadEvent[]).map(({ seq }) => seq));
    }));
  return { abort, seqs, pull };
}

/**
 * One thing that happens: the reader asks for more, or a writer commits, and its news come now, much later, or not
 * at all but for a wake, as from another node.
 */
const anyStep = fc.oneof(
  fc.constant('pull' as const),
  fc.record({
    count: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constantFrom(255, 257, 600)),
    isHeard: fc.constantFrom('now', 'late', 'as a wake'),
    isAwaited: fc.boolean(),
  }),
);

describe('the seam between replay and live', () => {
  it('has no gap and no repeat, wherever the cursor, the writers and their news are', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
      fc.array(anyStep, { maxLength: 14 }),
      async (storedBefore, cursor, steps) => {
        const context = await test.openRun();
        await store(context, storedBefore);
        const afterSeq = Math.min(cursor, storedBefore);
        const { seqs, pull, abort } = startReading(context, afterSeq);
        const late: ThreadEvent[][] = [];
        const writing: Promise<unknown>[] = [];
        for (const step of steps) {
          if (step === 'pull') {
            void pull();
            continue;
          }
          const written = store(context, step.count).then((events) => {
            if (step.isHeard === 'late') late.push(events);
            else if (step.isHeard === 'as a wake') test.router.wake(`${context.userId} ${context.threadId}`);
            else test.router.publish(context, events);
          });
          writing.push(written);
          if (step.isAwaited) await written;
        }
        await Promise.all(writing);
        // Last in, first heard: every late batch arrives behind a newer one.
        for (const events of late.reverse()) test.router.publish(context, events);
        // The reader's last word: a repeat, if there were one, would come before it.
        const [last] = await test.emit(context, textBatch(['last']));
        while (seqs.at(-1) !== last?.seq) await pull();

        const expected = (last?.seq ?? 0) - afterSeq;
        expect(seqs).toEqual(Array.from({ length: expected }, (_, index) => afterSeq + 1 + index));
        const ending = pull();
        abort.abort();
        await ending;
        expect(test.router.listenerCount).toBe(0);
        expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 40, timeout: 10_000 });
  });
});
