import { randomUUID } from 'node:crypto';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { acknowledgements } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { Acknowledgements } from './acknowledgements.service.ts';
import { ResyncRequiredError } from '../events.errors.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';

let test: TestEvents;
let acks: Acknowledgements;
beforeAll(async () => {
  test = await openTestEvents();
  acks = test.node.get(Acknowledgements, { strict: false });
});
afterAll(() => test.close());

const openThreadWith = async (count: number): Promise<UserExecutionContext> => {
  const context = await test.openRun();
  await test.emit(context, textBatch(new Array<string>(count).fill('x')));
  return context;
};
const stored = (context: UserExecutionContext) =>
  test.database.transactions.run(context, async ({ db }) => {
    const rows = await db.select().from(acknowledgements);
    return rows.map(({ threadId, ackedSeq }) => [threadId, ackedSeq]);
  });

describe('an acknowledgement', () => {
  it('is cumulative: it stands for everything up to it', async () => {
    const context = await openThreadWith(5);
    expect(await acks.acknowledge(context, context.threadId, 2)).toBe(2);
    expect(await acks.acknowledge(context, context.threadId, 5)).toBe(5);
    expect(await stored(context)).toEqual([[context.threadId, 5]]);
  });

  it('never goes back', async () => {
    const context = await openThreadWith(5);
    await acks.acknowledge(context, context.threadId, 4);
    expect(await acks.acknowledge(context, context.threadId, 1)).toBe(4);
    expect(await stored(context)).toEqual([[context.threadId, 4]]);
  });

  it('ends at the highest when many race', async () => {
    const context = await openThreadWith(20);
    const race = [7, 20, 3, 12, 1, 19, 20, 5].map((seq) => acks.acknowledge(context, context.threadId, seq));
    await Promise.all(race);
    expect(await stored(context)).toEqual([[context.threadId, 20]]);
  });

  it('is refused beyond the newest event, and changes nothing then', async () => {
    const context = await openThreadWith(3);
    await acks.acknowledge(context, context.threadId, 1);
    await expect(acks.acknowledge(context, context.threadId, 4)).rejects.toEqual(
      new ResyncRequiredError('seq', 'future_cursor', { oldestSeq: 1, latestSeq: 3 }),
    );
    expect(await stored(context)).toEqual([[context.threadId, 1]]);
  });

  it('is of one thread', async () => {
    const first = await openThreadWith(3);
    const second = await test.openRun(first.identity);
    await test.emit(second, textBatch(['x']));
    await acks.acknowledge(first, first.threadId, 3);
    expect(await acks.acknowledge(second, second.threadId, 1)).toBe(1);
  });

  it("is the owner's alone: another user's thread is like none", async () => {
    const ada = await openThreadWith(3);
    const ben = aContext(await test.database.signUp()).build();
    for (const threadId of [ada.threadId, randomUUID()]) {
      for (const seq of [1, 99]) {
        const refused = acks.acknowledge(ben, threadId, seq);
        await expect(refused).rejects.toEqual(new ResourceNotFoundError('thread'));
      }
    }
    expect(await stored(ada)).toEqual([]);
  });
});
