import { ResourceNotFoundError } from '@bulkhead/errors';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { RunNotRequeueableError } from '../execution.errors.ts';
import { AdminRuns } from './admin-runs.service.ts';
import { RunRequeue } from '../admission/run-requeue.service.ts';
import { aTool, openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

let test: TestExecution;
let node: TestNode;
let ada: Identity;
const tool = aTool('act', () => Promise.resolve('acted'));
beforeAll(async () => {
  const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: ['act'] };
  test = await openTestExecution({ tools: [tool], agents: [assistant] });
  node = await test.startNode({ role: 'gateway' });
  await node.work();
  ada = await test.signUp();
});
afterAll(() => test.close());

/** Executes the run as a node that took it over after so many nodes were lost with it. */
const executeAfter = (context: UserExecutionContext, interruptions: number) => {
  const { signal } = new AbortController();
  const claim = { runId: context.runId, epoch: interruptions + 1, interruptions, superseded: signal };
  return node.execute(context, 'assistant', undefined, { claim });
};
/** As if the run had finished so many steps. */
const finishSteps = (context: UserExecutionContext, count: number) =>
  test.database.asAdmin((admin) =>
    admin.query(
      `insert into bulkhead.run_steps (run_id, name, user_id, result)
       select $1, 'tool:elsewhere' || n, $2, '"done"' from generate_series(1, $3::int) n on conflict do nothing`,
      [context.runId, context.userId, count],
    ),
  );
const requeue = (context: UserExecutionContext, runId: string) => {
  const own = aContext(context.identity).on({ threadId: context.threadId }).build();
  return node.inScope(own, RunRequeue, (handler) => handler.requeue(runId));
};
const crashed = async (content = '/say 1') => {
  const context = await test.openRun(ada, content);
  await executeAfter(context, 5);
  return context;
};

describe('a run with which node after node is lost', () => {
  it('fails at the fifth loss without a finished step, for its owner to see, and is in the audit log', async () => {
    const context = await crashed();
    const problem = expect.objectContaining({ code: 'run_crashes_node', status: 503 });
    expect(await node.runOf(context)).toMatchObject({ state: 'failed', error: problem });
    const events = await node.eventsOf(context);
    expect(events.map(({ type }) => type)).toEqual(['agent_failed']);
    const { rows } = await test.database.asAdmin((admin) =>
      admin.query('select 1 from bulkhead.audit_log where user_id = $1 and action = $2', [
        ada.userId,
        'run.crashed_nodes',
      ]),
    );
    expect(rows).toHaveLength(1);
  });

  it('goes on after four', async () => {
    const context = await test.openRun(ada, '/say 1');
    await executeAfter(context, 4);
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });

  it('goes on after any number while it finishes steps in between', async () => {
    const context = await test.openRun(ada, '/say 1');
    await finishSteps(context, 1);
    await executeAfter(context, 12);
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });
});

describe('a run that crashed its nodes', () => {
  it('is answered once more, in a new run of its owner, when it is requeued', async () => {
    const context = await crashed();
    const accepted = await requeue(context, context.runId);
    expect(accepted).toMatchObject({ threadId: context.threadId });
    expect(accepted.runId).not.toBe(context.runId);
    const place = await node.get(AdminRuns).placeOf(accepted.runId);
    expect(place).toEqual({
      userId: ada.userId,
      threadId: context.threadId,
      sessionId: ada.sessionId,
    });
  });

  it('is requeued by one of many who try at once', async () => {
    const context = await crashed();
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => requeue(context, context.runId)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each<[string, () => Promise<UserExecutionContext>]>([
    [
      'completed',
      async () => {
        const context = await test.openRun(ada, '/say 1');
        await executeAfter(context, 0);
        return context;
      },
    ],
    ['has not begun', () => test.openRun(ada, '/say 1')],
  ])('is not requeued when it %s', async (_, make) => {
    const context = await make();
    await expect(requeue(context, context.runId)).rejects.toThrow(RunNotRequeueableError);
  });

  it('is not requeued in the name of somebody else', async () => {
    const context = await crashed();
    const stranger = aContext(await test.signUp())
      .on({ threadId: context.threadId })
      .build();
    await expect(requeue(stranger, context.runId)).rejects.toThrow(RunNotRequeueableError);
  });

  it('has a place only when it exists', async () => {
    const { runId } = aContext().build();
    await expect(node.get(AdminRuns).placeOf(runId)).rejects.toThrow(ResourceNotFoundError);
  });
});
