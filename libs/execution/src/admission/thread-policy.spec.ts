import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import type { WhenBusy } from '@bulkhead/events';
import { threads } from '@bulkhead/persistence';
import { ThreadBusyError } from '../execution.errors.ts';
import { RunAdmission } from './run-admission.service.ts';
import { aTool, Gate, openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

let gate: Gate;
const wait = aTool('wait', async () => {
  await gate.pass();
  return 'waited';
});

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: ['wait'] };
  test = await openTestExecution({ tools: [wait], agents: [assistant] });
  node = await test.startNode({ runsPerUser: 2 });
  await node.work();
  ada = await test.signUp();
});
beforeEach(() => (gate = new Gate()));
afterEach(() => gate.open());
afterAll(() => test.close());

/** Sends a message in the thread of `first`. @returns the context of its run */
async function sendAfter(first: UserExecutionContext, content: string, whenBusy?: WhenBusy) {
  const { threadId } = first;
  const context = aContext(ada).on({ threadId }).build();
  await node.inScope(context, RunAdmission, (admission) =>
    admission.admit('assistant', content, { whenBusy }),
  );
  return context;
}
async function busyThread(): Promise<UserExecutionContext> {
  const context = await test.openThread(ada);
  await node.send(context, '/tool wait {}');
  await gate.untilWaiting(1);
  return context;
}
const stateOf = async (context: UserExecutionContext) => (await node.runOf(context)).state;

describe('a message to a thread whose run is unfinished', () => {
  it('waits for the others by default, takes no place of the user meanwhile, and sees the answers', async () => {
    const first = await busyThread();
    const second = await sendAfter(first, '/say 1');
    const third = await sendAfter(first, '/say 1');
    const elsewhere = await test.openThread(ada);
    await node.send(elsewhere, '/say 1');
    await node.untilEnded(elsewhere);
    expect([await stateOf(second), await stateOf(third)]).toEqual(['queued', 'queued']);
    gate.open();
    await node.untilEnded(third);
    const types = (await node.eventsOf(first))
      .filter(({ type }) => type === 'agent_started' || type === 'agent_completed')
      .map(({ type, runId }) => [type, runId]);
    expect(types).toEqual(
      [first, second, third].flatMap(({ runId }) => [
        ['agent_started', runId],
        ['agent_completed', runId],
      ]),
    );
  });

  it('is refused with the name of the run that is in the way when it wants that, and leaves nothing', async () => {
    const first = await busyThread();
    const refused = sendAfter(first, '/say 1', 'reject');
    await expect(refused).rejects.toMatchObject({
      code: 'thread_busy',
      kind: 'conflict',
      details: { activeRunId: first.runId },
    });
    expect((await node.eventsOf(first)).filter(({ type }) => type === 'run_queued')).toHaveLength(1);
    gate.open();
    await node.untilEnded(first);
    await expect(sendAfter(first, '/say 1', 'reject')).resolves.toBeDefined();
  });

  it('cancels the unfinished ones, waiting ones too, and then runs, when it wants that', async () => {
    const first = await busyThread();
    const second = await sendAfter(first, '/say 1');
    const third = await sendAfter(first, '/say 1', 'interrupt');
    expect(await node.untilEnded(third)).toMatchObject({ type: 'agent_completed' });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['cancelled', 'cancelled']);
  });

  it('does as its thread says when it says nothing', async () => {
    const first = await busyThread();
    await test.database.transactions.run(first, ({ db }) => db.update(threads).set({ whenBusy: 'reject' }));
    await expect(sendAfter(first, '/say 1')).rejects.toThrow(ThreadBusyError);
    const second = await sendAfter(first, '/say 1', 'enqueue');
    gate.open();
    await node.untilEnded(second);
  });

  it('is refused by all but one of many that are sent at once and want that', async () => {
    const first = await test.openThread(ada);
    const sent = await Promise.allSettled(
      Array.from({ length: 8 }, () => sendAfter(first, '/tool wait {}', 'reject')),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
