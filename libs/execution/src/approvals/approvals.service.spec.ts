import { randomUUID } from 'node:crypto';
import type { ThreadEvent } from '@bulkhead/events';
import { hashArguments } from '@bulkhead/tools';
import { ScopeRunner, type Identity, type UserExecutionContext } from '@bulkhead/user-context';
import { ActiveRuns } from '../runs/active-runs.service.ts';
import { Approvals, type Approval, type ApprovalDecision } from './approvals.service.ts';
import {
  aTool,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';

const executions: { readonly runId: string; readonly args: unknown }[] = [];
const risky = {
  ...aTool('risky', (args, { context }) => {
    executions.push({ runId: context.runId, args });
    return Promise.resolve({ done: true });
  }),
  approval: 'required' as const,
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] } as const,
};
const text = { description: '-', instructions: 'Be brief.' };
const agents = [
  { ...text, name: 'assistant', tools: ['risky'], delegates: [{ agent: 'worker' }] },
  { ...text, name: 'worker', tools: ['risky'] },
  { ...text, name: 'bystander', tools: [] },
];
const ASK = '/tool risky {"path":"/data"}';

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({ tools: [risky], agents });
  node = await test.startNode();
  ada = await test.signUp();
});
afterAll(() => test.close());

interface Asking {
  readonly agent?: string;
  readonly on?: TestNode;
  readonly steps?: StoredSteps;
  readonly signal?: AbortSignal;
}

/** Starts a run, and waits until it asks its owner. */
async function ask(
  message = ASK,
  { agent = 'assistant', on = node, steps = new StoredSteps(), signal }: Asking = {},
) {
  const context = await test.openRun(ada, message);
  const running = on.execute(context, agent, steps, signal && { signal });
  running.catch(() => undefined);
  const event = await on.untilEvent(context, ({ type }) => type === 'approval_requested');
  if (event.type !== 'approval_requested') throw new Error('Something else was asked.');
  return { context, running, asked: event.data, event, steps };
}
const asOwner = <R>(context: UserExecutionContext, work: (approvals: Approvals) => Promise<R>): Promise<R> =>
  node.inScope(context, Approvals, work);
const decide = (context: UserExecutionContext, id: string, decision: ApprovalDecision): Promise<Approval> =>
  asOwner(context, (approvals) => approvals.decide(id, decision));
const executedIn = ({ runId }: UserExecutionContext) => executions.filter((it) => it.runId === runId);
const resolvedIn = (events: readonly ThreadEvent[]) =>
  events.flatMap((event) => (event.type === 'approval_resolved' ? [event.data.decision] : []));
const outcomesIn = (events: readonly ThreadEvent[]) =>
  events.flatMap((event) =>
    event.type === 'tool_completed' ? [event.data.problem?.code ?? event.data.outcome] : [],
  );

describe('a tool that needs approval', () => {
  it('lets its run wait, and shows the owner the exact arguments and their hash', async () => {
    const { context, asked, running } = await ask();
    const hash = hashArguments({ path: '/data' });
    expect(asked).toMatchObject({
      toolName: 'risky',
      toolCallId: '1.1',
      arguments: { path: '/data' },
      argumentsHash: hash,
    });
    expect(await node.runOf(context)).toMatchObject({ state: 'waiting' });
    expect(executedIn(context)).toEqual([]);
    const listed = await asOwner(context, (approvals) => approvals.pending());
    expect(listed.map(({ approvalId }) => approvalId)).toContain(asked.approvalId);
    await decide(context, asked.approvalId, { decision: 'approve', argumentsHash: hash });
    await running;
    const events = await node.eventsOf(context);
    expect(executedIn(context)).toHaveLength(1);
    expect(resolvedIn(events)).toEqual(['approved']);
    expect(outcomesIn(events)).toEqual(['succeeded']);
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });

  it('is not executed when the owner refuses, and the model is told the reason', async () => {
    const { context, asked, running } = await ask();
    await decide(context, asked.approvalId, { decision: 'refuse', reason: 'not on a Friday' });
    await running;
    const events = await node.eventsOf(context);
    expect(executedIn(context)).toEqual([]);
    expect(outcomesIn(events)).toEqual(['approval_refused']);
    const end = events.at(-1);
    expect(end?.type === 'agent_completed' && end.data.text).toContain('not on a Friday');
  });

  it('is not executed when the owner does not decide in time', async () => {
    const impatient = await test.startNode({ approvalTimeoutMs: 50 });
    const { context, asked, running } = await ask(ASK, { on: impatient });
    await running;
    const events = await node.eventsOf(context);
    expect([executedIn(context), resolvedIn(events), outcomesIn(events)]).toEqual([
      [],
      ['expired'],
      ['approval_expired'],
    ]);
    const late = decide(context, asked.approvalId, {
      decision: 'approve',
      argumentsHash: asked.argumentsHash,
    });
    await expect(late).rejects.toMatchObject({ code: 'approval_closed' });
  });

  it('asks nobody about a call that would be refused anyway', async () => {
    for (const [agent, message] of [
      ['assistant', '/tool risky {"path":7}'],
      ['bystander', ASK],
    ] as const) {
      const context = await test.openRun(ada, message);
      await node.execute(context, agent, new StoredSteps());
      const types = (await node.eventsOf(context)).map(({ type }) => type);
      expect(types).not.toContain('approval_requested');
      expect(executedIn(context)).toEqual([]);
    }
  });

  it('asks for a sub-agent as well, in that agent’s name', async () => {
    const { context, asked, event, running } = await ask(`/delegate worker: ${ASK}`);
    expect(event).toMatchObject({ agentName: 'worker', operationDepth: 1 });
    await decide(context, asked.approvalId, { decision: 'approve', argumentsHash: asked.argumentsHash });
    await running;
    expect(executedIn(context)).toHaveLength(1);
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });
});

describe('a decision', () => {
  it('is bound to the arguments', async () => {
    const { context, asked, running } = await ask();
    const argumentsHash = hashArguments({ path: '/' });
    const wrong = decide(context, asked.approvalId, { decision: 'approve', argumentsHash });
    await expect(wrong).rejects.toMatchObject({ code: 'approval_changed' });
    expect(await node.runOf(context)).toMatchObject({ state: 'waiting' });
    await decide(context, asked.approvalId, { decision: 'refuse' });
    await running;
    expect(executedIn(context)).toEqual([]);
  });

  it('is the owner’s alone: to anybody else there is nothing to decide', async () => {
    const { context, asked, running } = await ask();
    const eve = await test.openThread(await test.signUp());
    const approve: ApprovalDecision = { decision: 'approve', argumentsHash: asked.argumentsHash };
    const failures = await Promise.all(
      [asked.approvalId, randomUUID()].map((id) => decide(eve, id, approve).catch((error: unknown) => error)),
    );
    expect(failures[0]).toEqual(failures[1]);
    expect(failures[0]).toMatchObject({ code: 'not_found' });
    expect(await asOwner(eve, (approvals) => approvals.pending())).toEqual([]);
    await decide(context, asked.approvalId, { decision: 'refuse' });
    await running;
    expect(executedIn(context)).toEqual([]);
  });

  it('is made once, however many make it at the same time', async () => {
    const { context, asked, running } = await ask();
    const { argumentsHash, approvalId } = asked;
    const decisions = Array.from({ length: 12 }, (_, index): ApprovalDecision =>
      index % 2 ? { decision: 'refuse' } : { decision: 'approve', argumentsHash },
    );
    const settled = await Promise.allSettled(
      decisions.map((decision) => decide(context, approvalId, decision)),
    );
    const states = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.state] : []));
    expect(states).toHaveLength(6);
    expect(new Set(states).size).toBe(1);
    await running;
    expect(executedIn(context)).toHaveLength(states[0] === 'approved' ? 1 : 0);
    expect(resolvedIn(await node.eventsOf(context))).toEqual([states[0]]);
  });
});

describe('a run that waits', () => {
  it('is cancelled like any other, and its question is closed', async () => {
    const { context, asked, running } = await ask();
    node.get(ActiveRuns).cancel(context);
    await running;
    const events = await node.eventsOf(context);
    expect(resolvedIn(events)).toEqual(['cancelled']);
    expect(events.at(-1)?.type).toBe('agent_cancelled');
    const late = decide(context, asked.approvalId, {
      decision: 'approve',
      argumentsHash: asked.argumentsHash,
    });
    await expect(late).rejects.toMatchObject({ code: 'approval_closed' });
    expect(executedIn(context)).toEqual([]);
    expect(node.get(ScopeRunner).liveCount).toBe(0);
  });

  it('does not use up its time', async () => {
    const strict = await test.startNode({ runTimeoutMs: 1_500 });
    const { context, asked, running } = await ask(ASK, { on: strict });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await node.runOf(context)).toMatchObject({ state: 'waiting' });
    await decide(context, asked.approvalId, { decision: 'approve', argumentsHash: asked.argumentsHash });
    await running;
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });

  it('is asked for once, also when its node dies before the decision, or after it', async () => {
    const death = new AbortController();
    const { context, asked, running, steps } = await ask(ASK, { signal: death.signal });
    death.abort(new Error('The node dies.'));
    await expect(running).rejects.toThrow('The node dies.');
    await decide(context, asked.approvalId, { decision: 'approve', argumentsHash: asked.argumentsHash });
    const second = await test.startNode();
    await second.execute(context, 'assistant', steps);
    const events = await node.eventsOf(context);
    expect(events.filter(({ type }) => type === 'approval_requested')).toHaveLength(1);
    expect(resolvedIn(events)).toEqual(['approved']);
    expect(executedIn(context)).toHaveLength(1);
  });
});
