import { PrunerTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { sql } from 'drizzle-orm';
import { EventRetention, type EventsOptions } from './event-retention.service.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';
import { ThreadDirectory } from '../thread-directory.ts';
import { ThreadReader } from '../reader/thread-reader.service.ts';

let test: TestEvents;
let reader: ThreadReader;
beforeAll(async () => {
  test = await openTestEvents();
  reader = test.node.get(ThreadReader, { strict: false });
});
afterAll(() => test.close());

const prune = (options: Partial<EventsOptions>) => {
  const all = { retentionDays: 0, eventsPerThread: 0, ...options };
  return new EventRetention(test.node.get(PrunerTransactions, { strict: false }), all).prune();
};
const openThreadWith = async (count: number): Promise<UserExecutionContext> => {
  const context = await test.openRun();
  await test.emit(context, textBatch(new Array<string>(count).fill('x')));
  return context;
};
const seqsOf = async (context: UserExecutionContext) => (await test.stored(context)).map(({ seq }) => seq);
const age = (context: UserExecutionContext, upTo: number, days: number) =>
  test.database.asAdmin((admin) =>
    admin.query(
      'update bulkhead.events set at = at - $3 * interval $$1 day$$ where thread_id = $1 and seq <= $2',
      [context.threadId, upTo, days],
    ),
  );
const at = (afterSeq: number) => ({ field: 'afterSeq', afterSeq });

describe('the retention of events', () => {
  it('keeps the newest of each thread, and says from where on', async () => {
    const [long, short] = [await openThreadWith(10), await openThreadWith(3)];
    await test.endRun(long, 'completed');
    await test.endRun(short, 'completed');
    await prune({ eventsPerThread: 4 });
    expect([await seqsOf(long), await seqsOf(short)]).toEqual([
      [7, 8, 9, 10],
      [1, 2, 3],
    ]);
    expect(await reader.verify(long, long.threadId)).toEqual({ oldestSeq: 7, latestSeq: 10 });
  });

  it('removes what is too old, and never the newest event', async () => {
    const [old, mixed] = [await openThreadWith(3), await openThreadWith(6)];
    await test.endRun(old, 'completed');
    await test.endRun(mixed, 'completed');
    await age(old, 3, 40);
    await age(mixed, 2, 40);
    await prune({ retentionDays: 30 });
    expect([await seqsOf(old), await seqsOf(mixed)]).toEqual([[3], [3, 4, 5, 6]]);
  });

  it('works in batches, through any number of them', async () => {
    const context = await openThreadWith(2_500);
    await test.endRun(context, 'completed');
    expect(await prune({ eventsPerThread: 5 })).toBeGreaterThanOrEqual(2_495);
    expect(await seqsOf(context)).toEqual([2_496, 2_497, 2_498, 2_499, 2_500]);
  });

  it('leaves a thread alone while a run of it has not ended', async () => {
    const context = await openThreadWith(10);
    await prune({ eventsPerThread: 2 });
    expect(await seqsOf(context)).toHaveLength(10);
  });

  it.each([
    ['as few as a thread asks for', { keepEvents: 3 }, {}, [8, 9, 10]],
    [
      'as few as the server says when a thread asks for more',
      { keepEvents: 5 },
      { eventsPerThread: 2 },
      [9, 10],
    ],
    ['them as long as a thread asks for', { keepEventDays: 7 }, {}, [6, 7, 8, 9, 10]],
    ['them no longer than the server says', { keepEventDays: 90 }, { retentionDays: 30 }, [6, 7, 8, 9, 10]],
  ])('keeps %s', async (_, wish, options, kept) => {
    const context = await openThreadWith(10);
    await test.endRun(context, 'completed');
    await age(context, 5, 40);
    await test.scopes.run(aContext(context.identity).on(context).build(), ThreadDirectory, (directory) =>
      directory.configure(wish),
    );
    await prune(options);
    expect(await seqsOf(context)).toEqual(kept);
  });

  it('keeps everything unless it is told otherwise', async () => {
    const context = await openThreadWith(10);
    await test.endRun(context, 'completed');
    expect(await prune({})).toBe(0);
  });
});

describe('a cursor before what is stored', () => {
  it('is refused with what is stored; the one just before it is good', async () => {
    const context = await openThreadWith(10);
    await test.endRun(context, 'completed');
    await prune({ eventsPerThread: 4 });
    for (const afterSeq of [0, 5]) {
      await expect(reader.verify(context, context.threadId, at(afterSeq))).rejects.toMatchObject({
        reason: 'pruned_cursor',
        details: { oldestSeq: 7, latestSeq: 10 },
      });
    }
    await expect(reader.verify(context, context.threadId, at(6))).resolves.toBeDefined();
  });

  it('stops a reader that was verified before: it never goes on over a gap', async () => {
    const context = await openThreadWith(10);
    await test.endRun(context, 'completed');
    await reader.verify(context, context.threadId, at(2));
    await prune({ eventsPerThread: 4 });
    const { signal } = new AbortController();
    const batches = reader.read(context, { threadId: context.threadId, afterSeq: 2, signal });
    await expect(batches.next()).rejects.toMatchObject({ code: 'resync_required', reason: 'pruned_cursor' });
  });
});

describe('the pruner', () => {
  it.each([
    ['read what events say', sql`select data from bulkhead.events`],
    ['read messages', sql`select 1 from bulkhead.messages`],
    ['change an event', sql`update bulkhead.events set seq = seq`],
  ])('can not %s', async (_what, query) => {
    const pruner = test.node.get(PrunerTransactions, { strict: false });
    await expect(pruner.run((db) => db.execute(query))).rejects.toThrow();
  });

  it('can delete nothing that a thread still offers', async () => {
    const context = await openThreadWith(5);
    const pruner = test.node.get(PrunerTransactions, { strict: false });
    await pruner.run((db) =>
      db.execute(sql`delete from bulkhead.events where thread_id = ${context.threadId}`),
    );
    expect(await seqsOf(context)).toHaveLength(5);
  });
});
