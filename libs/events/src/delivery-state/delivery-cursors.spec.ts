import { randomUUID } from 'node:crypto';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { Acknowledgements } from './acknowledgements.service.ts';
import { DeliveryCursors } from './delivery-cursors.service.ts';
import { DeliveryReport } from './delivery-report.service.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';

let test: TestEvents;
let cursors: DeliveryCursors;
beforeAll(async () => {
  test = await openTestEvents();
  cursors = test.node.get(DeliveryCursors, { strict: false });
});
afterAll(() => test.close());

const openThreadWith = async (count: number): Promise<UserExecutionContext> => {
  const context = await test.openRun();
  await test.emit(context, textBatch(new Array<string>(count).fill('x')));
  return context;
};
const report = ({ identity, threadId }: UserExecutionContext) =>
  test.scopes.run(aContext(identity).on({ threadId }).build(), DeliveryReport, (each) => each.ofThread());
const countWrites = () =>
  test.database.asAdmin(async (admin) => {
    const text =
      "select n_tup_ins + n_tup_upd as writes from pg_stat_user_tables where relname = 'acknowledgements'";
    await admin.query('select pg_stat_force_next_flush()');
    return Number((await admin.query<{ writes: string }>(text)).rows[0]?.writes);
  });

describe('what was delivered', () => {
  it('is written with the next flush, once however many events it was, and never goes back', async () => {
    const context = await openThreadWith(5);
    for (const seq of [1, 2, 3, 4]) cursors.delivered(context, context.threadId, seq);
    expect(await report(context)).toMatchObject({ deliveredSeq: 0, ackedSeq: 0, lagEvents: 5 });
    await cursors.flush();
    expect(await report(context)).toMatchObject({ deliveredSeq: 4, ackedSeq: 0, lagEvents: 5 });
    cursors.delivered(context, context.threadId, 2);
    await cursors.flush();
    expect(await report(context)).toMatchObject({
      deliveredSeq: 4,
      deliveredAt: expect.any(String) as string,
    });
  });

  it('is one statement for all threads of a user', async () => {
    const first = await openThreadWith(2);
    const second = await test.openRun(first.identity);
    await test.emit(second, textBatch(['x']));
    cursors.delivered(first, first.threadId, 2);
    cursors.delivered(second, second.threadId, 1);
    await cursors.flush();
    expect(await report(first)).toMatchObject({ deliveredSeq: 2 });
    expect(await report(second)).toMatchObject({ deliveredSeq: 1 });
  });

  it("is never written for another user's thread", async () => {
    const ada = await openThreadWith(3);
    const ben = await test.openRun();
    cursors.delivered(ben, ada.threadId, 3);
    await cursors.flush();
    expect(await report(ada)).toMatchObject({ deliveredSeq: 0 });
  });
});

describe('the report of a delivery', () => {
  it('says what is not acknowledged, and for how long', async () => {
    const context = await openThreadWith(4);
    expect(await report(context)).toMatchObject({ oldestSeq: 1, latestSeq: 4, lagEvents: 4 });
    await test.node.get(Acknowledgements, { strict: false }).acknowledge(context, context.threadId, 4);
    expect(await report(context)).toMatchObject({ ackedSeq: 4, deliveredSeq: 4, lagEvents: 0, lagMs: 0 });
  });

  it("answers for another user's thread as for none", async () => {
    const ada = await openThreadWith(1);
    const { identity } = await test.openRun();
    for (const threadId of [ada.threadId, randomUUID()]) {
      const refused = report(aContext(identity).on({ threadId }).build());
      await expect(refused).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it("lists the owner's threads, the one that lags most first", async () => {
    const little = await openThreadWith(1);
    const much = await test.openRun(little.identity);
    await test.emit(much, textBatch(['x', 'x', 'x']));
    const context = aContext(little.identity).build();
    const items = await test.scopes.run(context, DeliveryReport, (each) => each.ofThreads(10));
    expect(items.map(({ threadId, lagEvents }) => [threadId, lagEvents])).toEqual([
      [much.threadId, 3],
      [little.threadId, 1],
    ]);
  });
});

describe('acknowledgements of every single event', () => {
  it('are a few writes, and each is answered with what is stored', async () => {
    const context = await openThreadWith(100);
    const acks = test.node.get(Acknowledgements, { strict: false });
    const before = await countWrites();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => acks.acknowledge(context, context.threadId, index + 1)),
    );
    answers.forEach((stored, index) => expect(stored).toBeGreaterThanOrEqual(index + 1));
    expect((await countWrites()) - before).toBeLessThan(10);
  });

  it('are not spoiled by one that claims too much', async () => {
    const context = await openThreadWith(10);
    const acks = test.node.get(Acknowledgements, { strict: false });
    const answers = await Promise.allSettled(
      [1, 5, 99, 7].map((seq) => acks.acknowledge(context, context.threadId, seq)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await report(context)).toMatchObject({ ackedSeq: 7 });
  });
});
