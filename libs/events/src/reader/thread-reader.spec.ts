import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { ContextIsolationError, type UserExecutionContext } from '@bulkhead/user-context';
import { aLookAlike } from '@bulkhead/user-context/testing';
import { ResyncRequiredError } from '../events.errors.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { ThreadReader } from './thread-reader.service.ts';

const ended = { done: true, value: undefined };

let test: TestEvents;
let reader: ThreadReader;
beforeAll(async () => {
  test = await openTestEvents();
  reader = test.node.get(ThreadReader, { strict: false });
});
afterAll(() => test.close());

const emitTexts = (context: UserExecutionContext, count: number) =>
  test.emit(context, textBatch(Array.from({ length: count }, (_, index) => `${index}`)));
const open = (context: UserExecutionContext, afterSeq = 0, threadId: string = context.threadId) => {
  const abort = new AbortController();
  const batches = reader.read(context, { threadId, afterSeq, signal: abort.signal });
  return { abort, batches, leftovers: () => getEventListeners(abort.signal, 'abort').length };
};
/** Takes batches until the event with this sequence has come. */
async function readUntil(batches: AsyncGenerator<readonly ThreadEvent[]>, seq: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.at(-1) !== seq) {
    const { value } = (await batches.next()) as IteratorYieldResult<readonly ThreadEvent[]>;
    seqs.push(...value.map((event) => event.seq));
  }
  return seqs;
}
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('reading a thread', () => {
  it('gives what is stored after the cursor, then what comes', async () => {
    const context = await test.openRun();
    await emitTexts(context, 3);
    const { batches, abort } = open(context, 1);
    expect(await readUntil(batches, 3)).toEqual([2, 3]);
    const next = readUntil(batches, 5);
    await emitTexts(context, 2);
    expect(await next).toEqual([4, 5]);
    abort.abort();
  });

  it('gives more than a page of stored events, and more than an inbox of live ones', async () => {
    const context = await test.openRun();
    await emitTexts(context, 1_000);
    const { batches, abort } = open(context);
    expect(await readUntil(batches, 1_000)).toEqual(upTo(1_000));
    await emitTexts(context, 600);
    await emitTexts(context, 1);
    expect(await readUntil(batches, 1_601)).toEqual(upTo(1_601, 1_001));
    abort.abort();
  });

  it('serves several readers of one thread, each from its own cursor', async () => {
    const context = await test.openRun();
    await emitTexts(context, 4);
    const readers = [0, 2, 4].map((afterSeq) => open(context, afterSeq));
    const reading = Promise.all(readers.map(({ batches }) => readUntil(batches, 6)));
    await emitTexts(context, 2);
    expect(await reading).toEqual([upTo(6), upTo(6, 3), upTo(6, 5)]);
    for (const { abort } of readers) abort.abort();
  });
});

describe('a reader stops', () => {
  it('while it waits for news', async () => {
    const { batches, abort, leftovers } = open(await test.openRun());
    const waiting = batches.next();
    expect(test.router.listenerCount).toBe(1);
    abort.abort();
    expect(await waiting).toEqual(ended);
    expect([test.router.listenerCount, leftovers()]).toEqual([0, 0]);
  });

  it('while it reads the log: what was read meanwhile is not given any more', async () => {
    const context = await test.openRun();
    await emitTexts(context, 1);
    const { batches, abort, leftovers } = open(context);
    const reading = batches.next();
    abort.abort();
    expect(await reading).toEqual(ended);
    expect([test.router.listenerCount, leftovers()]).toEqual([0, 0]);
  });

  it('between two batches, at once, even if nobody asks for another', async () => {
    const context = await test.openRun();
    // One more than a first page has.
    await emitTexts(context, 9);
    const { batches, abort, leftovers } = open(context);
    expect(await readUntil(batches, 8)).toHaveLength(8);
    abort.abort();
    expect([test.router.listenerCount, leftovers()]).toEqual([0, 0]);
    expect(await batches.next()).toEqual(ended);
  });

  it('before it starts', async () => {
    const context = await test.openRun();
    await emitTexts(context, 1);
    const { batches, abort, leftovers } = open(context);
    abort.abort();
    expect(await batches.next()).toEqual(ended);
    expect([test.router.listenerCount, leftovers()]).toEqual([0, 0]);
  });

  it('when its consumer walks away', async () => {
    const context = await test.openRun();
    await emitTexts(context, 1);
    const { batches, leftovers } = open(context);
    for await (const batch of batches) {
      expect(batch).toHaveLength(1);
      expect([test.router.listenerCount, leftovers()]).toEqual([1, 1]);
      break;
    }
    expect([test.router.listenerCount, leftovers()]).toEqual([0, 0]);
  });

  it('when the log can not be read', async () => {
    const { batches, leftovers } = open(await test.openRun(), 0, 'not a UUID');
    await expect(batches.next()).rejects.toThrow();
    expect([test.router.listenerCount, leftovers()]).toEqual([0, 0]);
  });
});

describe('verifying a thread', () => {
  const at = (afterSeq: number) => ({ field: 'afterSeq', afterSeq });

  it('gives what is stored of it', async () => {
    const context = await test.openRun();
    expect(await reader.verify(context, context.threadId)).toEqual({ oldestSeq: 1, latestSeq: 0 });
    await emitTexts(context, 3);
    expect(await reader.verify(context, context.threadId, at(3))).toEqual({ oldestSeq: 1, latestSeq: 3 });
  });

  it.each([
    ['beyond the newest event', 4, 'future_cursor'],
    ['that no event ever had', NaN, 'unknown_cursor'],
  ] as const)('demands a fresh read for a cursor %s', async (_what, afterSeq, reason) => {
    const context = await test.openRun();
    await emitTexts(context, 3);
    const range = { oldestSeq: 1, latestSeq: 3 };
    const refused = reader.verify(context, context.threadId, at(afterSeq));
    await expect(refused).rejects.toEqual(new ResyncRequiredError('afterSeq', reason, range));
    await expect(refused).rejects.toMatchObject({ code: 'resync_required', details: { reason, ...range } });
  });

  it("answers for another user's thread as for none, whatever the cursor", async () => {
    const [ada, ben] = [await test.openRun(), await test.openRun()];
    await emitTexts(ada, 3);
    // What was found out for its owner is nobody else's.
    await reader.verify(ada, ada.threadId, at(3));
    for (const threadId of [ada.threadId, randomUUID()]) {
      for (const afterSeq of [0, 3, 99, NaN]) {
        const refused = reader.verify(ben, threadId, at(afterSeq));
        await expect(refused).rejects.toEqual(new ResourceNotFoundError('thread'));
      }
    }
  });
});

describe("a reader on another user's thread", () => {
  it('gets nothing, stored or live', async () => {
    const [ada, ben] = [await test.openRun(), await test.openRun()];
    await emitTexts(ada, 2);
    const { batches, abort } = open(ben, 0, ada.threadId);
    const reading = batches.next();
    const own = open(ada);
    const ownEvents = readUntil(own.batches, 4);
    await emitTexts(ada, 2);
    expect(await ownEvents).toEqual(upTo(4));
    abort.abort();
    own.abort.abort();
    expect(await reading).toEqual(ended);
  });

  it('is refused when its context is a look-alike', async () => {
    const ada = await test.openRun();
    const lookAlike = aLookAlike(ada);
    const { batches, leftovers } = open(lookAlike as never, 0, ada.threadId);
    await expect(batches.next()).rejects.toThrow(ContextIsolationError);
    expect(leftovers()).toBe(0);
  });
});
