import { RunSupersededError } from '@bulkhead/events';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import {
  aTool,
  Gate,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';

let gate: Gate;
let acts: string[];
const once = aTool('act', async (_, { idempotencyKey }) => {
  acts.push(idempotencyKey);
  await gate.pass();
  return 'acted';
});

let test: TestExecution;
let ada: Identity;
let frozen: TestNode;
let other: TestNode;
beforeAll(async () => {
  const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: ['act'] };
  test = await openTestExecution({ tools: [once], agents: [assistant] });
  ada = await test.signUp();
  frozen = await test.startNode();
  other = await test.startNode();
});
beforeEach(() => {
  gate = new Gate();
  acts = [];
});
afterEach(() => gate.open());
afterAll(() => test.close());

/** Executes the run under a claim, as the queue does. */
const execute = (node: TestNode, context: UserExecutionContext, epoch: number, steps: StoredSteps) =>
  node.execute(context, 'assistant', steps, {
    claim: { runId: context.runId, epoch, interruptions: 0, superseded: new AbortController().signal },
  });
const typesOf = async (context: UserExecutionContext) =>
  (await other.eventsOf(context)).map(({ type }) => type).filter((type) => type !== 'message_delta');

describe('a node that froze while its run was taken over', () => {
  it('writes nothing when it wakes in the middle of a tool call: neither events, nor messages, nor the state', async () => {
    const context = await test.openRun(ada, '/tool act {}');
    const stale = execute(frozen, context, 1, new StoredSteps());
    await gate.untilWaiting(1);
    await execute(other, context, 2, new StoredSteps());
    const before = await typesOf(context);
    gate.open();
    await expect(stale).rejects.toThrow(RunSupersededError);
    expect(await typesOf(context)).toEqual(before);
    expect(before.filter((type) => type === 'agent_completed')).toHaveLength(1);
    expect(await other.runOf(context)).toMatchObject({ state: 'completed' });
  });

  it('begins nothing and calls no tool when it wakes before that', async () => {
    const context = await test.openRun(ada, '/tool act {}');
    gate.open();
    await execute(other, context, 2, new StoredSteps());
    const before = await typesOf(context);
    acts = [];
    const late = await test.openRun(ada, '/tool act {}');
    await test.database.asAdmin((admin) =>
      admin.query('update bulkhead.runs set epoch = 5 where run_id = $1', [late.runId]),
    );
    await expect(execute(frozen, late, 4, new StoredSteps())).rejects.toThrow(RunSupersededError);
    expect(acts).toEqual([]);
    expect(await typesOf(late)).toEqual([]);
    expect(await typesOf(context)).toEqual(before);
  });
});

describe('a tool that acts once', () => {
  it('is not executed again by whoever takes the run over: its outcome is unknown, and the agent goes on', async () => {
    const context = await test.openRun(ada, '/tool act {}');
    const stale = execute(frozen, context, 1, new StoredSteps()).catch(() => undefined);
    await gate.untilWaiting(1);
    await execute(other, context, 2, new StoredSteps());
    const completed = (await other.eventsOf(context)).find(({ type }) => type === 'tool_completed');
    expect(completed?.data).toMatchObject({ outcome: 'unknown', problem: { code: 'tool_outcome_unknown' } });
    expect(acts).toEqual([`${context.runId}:1.1`]);
    gate.open();
    await stale;
    expect(await other.runOf(context)).toMatchObject({ state: 'completed' });
  });
});

describe('the time of a run', () => {
  const beginAndLeave = async (): Promise<UserExecutionContext> => {
    const context = await test.openRun(ada, '/tool act {}');
    execute(frozen, context, 1, new StoredSteps()).catch(() => undefined);
    await gate.untilWaiting(1);
    return context;
  };
  const anHourAgo = ({ runId }: UserExecutionContext, which: string): Promise<unknown> =>
    test.database.asAdmin((admin) =>
      admin.query(`update bulkhead.events set at = at - interval '1 hour' where run_id = $1 and ${which}`, [
        runId,
      ]),
    );

  it('goes on with whoever takes it over, instead of beginning anew', async () => {
    const context = await beginAndLeave();
    await anHourAgo(context, `type = 'agent_started'`);
    await execute(other, context, 2, new StoredSteps());
    expect(await other.runOf(context)).toMatchObject({ state: 'timed_out' });
  });

  it('does not count while no node has the run', async () => {
    const context = await beginAndLeave();
    await anHourAgo(context, 'true');
    await execute(other, context, 2, new StoredSteps());
    expect(await other.runOf(context)).toMatchObject({ state: 'completed' });
  });

  it('does not count while its owner decides', async () => {
    const context = await beginAndLeave();
    await test.database.asAdmin((admin) =>
      admin.query(
        `update bulkhead.events set type = 'approval_requested', data = '{"approvalId": "a"}', at = at - interval '1 hour'
          where run_id = $1 and type = 'agent_started'`,
        [context.runId],
      ),
    );
    await test.database.asAdmin((admin) =>
      admin.query(
        `update bulkhead.events set type = 'approval_resolved', data = '{"approvalId": "a"}'
          where run_id = $1 and type = 'agent_thinking'`,
        [context.runId],
      ),
    );
    await execute(other, context, 2, new StoredSteps());
    expect(await other.runOf(context)).toMatchObject({ state: 'completed' });
  });
});
