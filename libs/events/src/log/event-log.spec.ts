import { ResourceNotFoundError } from '@bulkhead/errors';
import type { Statement, UserTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { EventLog, type EventBatch } from './event-log.service.ts';
import { RunEndedError } from '../events.errors.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';

let test: TestEvents;
beforeAll(async () => (test = await openTestEvents()));
afterAll(() => test.close());

const append = (context: UserExecutionContext, batch: EventBatch) =>
  test.database.transactions.run(context, (transaction) => test.log.append(transaction, context, batch));
const seqs = (events: readonly { readonly seq: number }[]) => events.map(({ seq }) => seq);

describe('the event log', () => {
  it('numbers the events of a thread 1, 2, 3 … across batches and runs', async () => {
    const first = await test.openRun();
    expect(seqs(await append(first, textBatch(['a', 'b'])))).toEqual([1, 2]);
    const second = await test.openRunIn(first);
    expect(seqs(await append(second, textBatch(['c'])))).toEqual([3]);
    expect(seqs(await append(first, textBatch(['d'])))).toEqual([4]);
    expect(seqs(await test.stored(first))).toEqual([1, 2, 3, 4]);
  });

  it('numbers each thread by itself', async () => {
    const [first, second] = [await test.openRun(), await test.openRun()];
    await append(first, textBatch(['a', 'b']));
    expect(seqs(await append(second, textBatch(['c'])))).toEqual([1]);
  });

  it('gives back what reading gives', async () => {
    const context = await test.openRun();
    const appended = await append(context, textBatch(['a', 'b']));
    expect(await test.stored(context)).toEqual(appended);
  });

  it('stores nothing for an empty batch', async () => {
    const context = await test.openRun();
    expect(await append(context, textBatch([]))).toEqual([]);
    expect(seqs(await append(context, textBatch(['a'])))).toEqual([1]);
  });

  it('reads a page after a cursor, of one run when asked', async () => {
    const first = await test.openRun();
    const second = await test.openRunIn(first);
    for (const context of [first, second, first, second]) await append(context, textBatch(['a']));
    const { threadId, runId } = second;
    expect(seqs(await test.log.read(first, { threadId, afterSeq: 1, limit: 2 }))).toEqual([2, 3]);
    expect(seqs(await test.log.read(first, { threadId, runId, afterSeq: 2, limit: 9 }))).toEqual([4]);
    expect(await test.log.read(first, { threadId, afterSeq: 4, limit: 9 })).toEqual([]);
  });
});

describe('a batch', () => {
  it('is stored once, however often it is sent', async () => {
    const context = await test.openRun();
    expect(await append(context, textBatch(['a', 'b'], 'step-1'))).toHaveLength(2);
    expect(await append(context, textBatch(['a', 'b'], 'step-1'))).toEqual([]);
    expect(await test.stored(context)).toHaveLength(2);
  });

  it('is stored once by senders who race', async () => {
    const context = await test.openRun();
    const sent = await Promise.all(
      Array.from({ length: 8 }, () => append(context, textBatch(['a', 'b'], 'step-1'))),
    );
    expect(sent.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 0, 0, 2]);
    expect(seqs(await test.stored(context))).toEqual([1, 2]);
  });

  it('is another one in another run', async () => {
    const first = await test.openRun();
    await append(first, textBatch(['a'], 'step-1'));
    expect(await append(await test.openRunIn(first), textBatch(['a'], 'step-1'))).toHaveLength(1);
  });

  it('whose transaction rolls back can be sent again, and takes the numbers that it had', async () => {
    const context = await test.openRun();
    const failing = test.database.transactions.run(context, async (transaction) => {
      await test.log.append(transaction, context, textBatch(['a', 'b'], 'step-1'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(seqs(await append(context, textBatch(['a', 'b'], 'step-1')))).toEqual([1, 2]);
  });
});

describe('a run that has ended', () => {
  it.each(['completed', 'failed', 'cancelled', 'timed_out'])('as %s takes no more events', async (state) => {
    const context = await test.openRun();
    await append(context, textBatch(['a'], 'step-1'));
    await test.endRun(context, state);
    await expect(append(context, textBatch(['b']))).rejects.toThrow(RunEndedError);
    expect(await test.stored(context)).toHaveLength(1);
  });

  it('still knows the batches that it has stored', async () => {
    const context = await test.openRun();
    await append(context, textBatch(['a'], 'step-1'));
    await test.endRun(context, 'completed');
    expect(await append(context, textBatch(['a'], 'step-1'))).toEqual([]);
  });

  it('leaves its thread open to other runs', async () => {
    const ended = await test.openRun();
    await test.endRun(ended, 'failed');
    expect(await append(await test.openRunIn(ended), textBatch(['a']))).toHaveLength(1);
  });
});

describe('what is not there', () => {
  it("is answered alike for another user's thread, for no thread, and for a run of another thread", async () => {
    const [ada, ben] = [await test.openRun(), await test.openRun()];
    const otherThread = await test.openRun(ada.identity);
    const attempts = [
      aContext(ada.identity).on({ threadId: ben.threadId, runId: ben.runId }).build(),
      aContext(ada.identity).on({ threadId: ben.threadId, runId: ada.runId }).build(),
      aContext(ada.identity).on({ threadId: ada.threadId, runId: ben.runId }).build(),
      aContext(ada.identity).on({ threadId: ada.threadId, runId: otherThread.runId }).build(),
      aContext(ada.identity).on({ threadId: ada.threadId }).build(),
      aContext(ada.identity).build(),
    ];
    for (const context of attempts) {
      await expect(append(context, textBatch(['a']))).rejects.toEqual(new ResourceNotFoundError('thread'));
    }
    expect(await test.stored(ben)).toEqual([]);
    expect(await test.stored(ada)).toEqual([]);
  });

  it("is not appended in another user's transaction either", async () => {
    const [ada, ben] = [await test.openRun(), await test.openRun()];
    const crossed = test.database.transactions.run(ben, (transaction) =>
      test.log.append(transaction, ada, textBatch(['a'])),
    );
    await expect(crossed).rejects.toThrow(ResourceNotFoundError);
  });
});

describe('a page of the log', () => {
  const read = async (context: UserExecutionContext, limit: number, maxBytes: number) => {
    const { threadId } = context;
    const { events, isLast } = await test.log.readPage(context, { threadId, afterSeq: 0, limit, maxBytes });
    return [events.map(({ seq }) => seq), isLast];
  };

  it('ends where its bytes do, has one event in any case, and says whether there are more', async () => {
    const context = await test.openRun();
    await test.emit(context, textBatch(['x', 'x', 'x', 'x'].map((letter) => letter.repeat(1_000))));
    expect(await read(context, 10, 1)).toEqual([[1], false]);
    expect(await read(context, 10, 1_500)).toEqual([[1, 2], false]);
    expect(await read(context, 3, 100_000)).toEqual([[1, 2, 3], false]);
    expect(await read(context, 10, 100_000)).toEqual([[1, 2, 3, 4], true]);
  });

  it('of nothing is the last', async () => {
    const context = await test.openRun();
    expect(await read(context, 10, 100)).toEqual([[], true]);
  });

  it('costs no more than itself, however long the thread is, and whatever the planner thinks of it', async () => {
    const context = await test.openRun();
    await test.emit(context, textBatch(Array.from({ length: 5_000 }, () => 'x')));
    const { threadId } = context;
    let plan: PlanNode | undefined;
    const explaining = {
      statement: async <Row>(own: UserExecutionContext, statement: Statement): Promise<Row[]> => {
        const [row] = await test.database.transactions.statement<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          own,
          (literal) => `EXPLAIN (ANALYZE, FORMAT JSON) ${statement(literal)}`,
        );
        plan = row?.['QUERY PLAN'][0].Plan;
        return [];
      },
    } as UserTransactions;
    await new EventLog(explaining).readPage(context, { threadId, afterSeq: 50, limit: 8 });
    expect(plan && rowsOf(plan, 'events')).toEqual({ read: 8, dropped: 0 });
  });
});

/** A node of a plan that was executed, as PostgreSQL tells it. */
interface PlanNode {
  readonly Plans?: readonly PlanNode[];
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
}

/** Rows of a table that a plan has read, and dropped at once. */
function rowsOf(node: PlanNode, table: string): { read: number; dropped: number } {
  const own = node['Relation Name'] === table ? node : undefined;
  return (node.Plans ?? [])
    .map((plan) => rowsOf(plan, table))
    .reduce((sum, { read, dropped }) => ({ read: sum.read + read, dropped: sum.dropped + dropped }), {
      read: own?.['Actual Rows'] ?? 0,
      dropped: own?.['Rows Removed by Filter'] ?? 0,
    });
}
