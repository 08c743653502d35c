import { BuiltInToolsModule } from '@bulkhead/tools';
import {
  ContextIsolationError,
  IsolationMonitor,
  ShuttingDownError,
  ScopeRunner,
  type Identity,
  type UserExecutionContext,
} from '@bulkhead/user-context';
import { ActiveRuns } from '../runs/active-runs.service.ts';
import { RunControl } from '../runs/run-control.service.ts';
import { RunHistory } from '../runs/run-history.service.ts';
import {
  aTool,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';

/** What PostgreSQL can't store: NUL, and half of a character. */
const unstorable = aTool('unstorable', () => Promise.resolve('\0 and \ud83c end'));
const trespass = aTool('trespass', () => Promise.reject(new ContextIsolationError('planted')));
const tools = ['calculator', 'unstorable', 'trespass'];
const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools };

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({
    modules: [BuiltInToolsModule],
    tools: [unstorable, trespass],
    agents: [assistant],
  });
  node = await test.startNode();
  ada = await test.signUp();
});
afterAll(() => test.close());

const execute = async (content: string, more: Partial<{ node: TestNode; signal: AbortSignal }> = {}) => {
  const context = await test.openRun(ada, content);
  const { node: worker = node, ...options } = more;
  return { context, ended: worker.execute(context, 'assistant', new StoredSteps(), options) };
};
const lastEventOf = async (context: UserExecutionContext) => (await node.eventsOf(context)).at(-1);
const messagesOf = (context: UserExecutionContext) =>
  node.inScope(context, RunHistory, (history) => history.messages(-1, 10));

describe('a run', () => {
  it('that completes stores its figures, and its answer as a message with the sequence of its event', async () => {
    const { context, ended } = await execute('What is 37 * 43?');
    await ended;
    const event = await lastEventOf(context);
    if (event?.type !== 'agent_completed') throw new Error(`It ended with ${event?.type}.`);
    const { messageId, text, usage } = event.data;
    expect(text).toContain('37 * 43 = 1591');
    expect(await node.runOf(context)).toMatchObject({ state: 'completed', steps: 2, toolCalls: 1, ...usage });
    const answer = { messageId, role: 'assistant', content: text, seq: event.seq };
    expect(await messagesOf(context)).toEqual([
      expect.objectContaining({ role: 'user' }),
      expect.objectContaining(answer),
    ]);
  });

  it('completes also with an answer that PostgreSQL can not store as it is', async () => {
    const { context, ended } = await execute('/tool unstorable {}');
    await ended;
    const event = await lastEventOf(context);
    expect(event).toMatchObject({
      type: 'agent_completed',
      data: { text: expect.stringContaining('\uFFFD') },
    });
    const [, answer] = await messagesOf(context);
    expect({ text: answer?.content }).toEqual({
      text: event?.data && 'text' in event.data && event.data.text,
    });
  });

  it('whose model fails has failed, and tells why in words for its user', async () => {
    const { context, ended } = await execute('/fail');
    await ended;
    const problem = expect.objectContaining({ code: 'model_failed', status: 503 });
    expect(await lastEventOf(context)).toMatchObject({
      type: 'agent_failed',
      data: { state: 'failed', problem },
    });
    expect(await node.runOf(context)).toMatchObject({ state: 'failed', error: problem });
  });

  it('that fails touches no other run, not even of the same user', async () => {
    const runs = await Promise.all(
      Array.from({ length: 6 }, (_, index) => execute(index % 2 ? '/fail' : '/say 3')),
    );
    await Promise.all(runs.map(({ ended }) => ended));
    const states = await Promise.all(runs.map(async ({ context }) => (await node.runOf(context)).state));
    expect(states).toEqual(['completed', 'failed', 'completed', 'failed', 'completed', 'failed']);
  });

  it('that reaches for another user fails, and ends its scope as a violation', async () => {
    const monitor = node.get(IsolationMonitor);
    const before = monitor.count;
    const { context, ended } = await execute('/tool trespass {}');
    await expect(ended).rejects.toThrow(ContextIsolationError);
    expect(monitor.count).toBe(before + 1);
    const problem = expect.objectContaining({ code: 'internal_error' });
    expect(await lastEventOf(context)).toMatchObject({
      type: 'agent_failed',
      data: { state: 'failed', problem },
    });
    expect(JSON.stringify(await node.eventsOf(context))).not.toContain('planted');
    expect(node.get(ScopeRunner).liveCount).toBe(0);
  });

  it('that reaches a limit has failed', async () => {
    const strict = await test.startNode({ maxToolCalls: 0 });
    const { context, ended } = await execute('What is 37 * 43?', { node: strict });
    await ended;
    expect(await node.runOf(context)).toMatchObject({ state: 'failed', error: { code: 'run_limit' } });
  });

  it('that fails has used what it used: its steps, its tool calls and their tokens', async () => {
    const strict = await test.startNode({ maxSteps: 1 });
    const { context, ended } = await execute('What is 37 * 43?', { node: strict });
    await ended;
    const run = await node.runOf(context);
    expect(run).toMatchObject({ state: 'failed', steps: 1, toolCalls: 1 });
    expect(run.inputTokens).toBeGreaterThan(0);
    expect(run.queueMs).toBe(Date.parse(run.startedAt ?? '') - Date.parse(run.createdAt));
    expect(run.runMs).toBe(Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt ?? ''));
  });

  it('that is cancelled has used what it had begun', async () => {
    const { context, ended } = await execute('/sleep 600000');
    await node.untilEvent(context, ({ type }) => type === 'agent_thinking');
    expect(await node.runOf(context)).not.toHaveProperty('runMs');
    await node.inScope(context, RunControl, (control) => control.cancel());
    await ended;
    expect(await node.runOf(context)).toMatchObject({ state: 'cancelled', steps: 1, toolCalls: 0 });
  });

  it('that takes too long has timed out', async () => {
    const impatient = await test.startNode({ runTimeoutMs: 100 });
    const { context, ended } = await execute('/sleep 600000', { node: impatient });
    await ended;
    const problem = expect.objectContaining({ code: 'run_timeout' });
    expect(await lastEventOf(context)).toMatchObject({
      type: 'agent_failed',
      data: { state: 'timed_out', problem },
    });
    expect(await node.runOf(context)).toMatchObject({ state: 'timed_out', error: problem });
  });

  it('that a shutdown interrupts has not ended: it continues elsewhere', async () => {
    const shutdown = new AbortController();
    const { context, ended } = await execute('/sleep 600000', { signal: shutdown.signal });
    const interrupted = expect(ended).rejects.toThrow(ShuttingDownError);
    await node.untilEvent(context, ({ type }) => type === 'agent_thinking');
    shutdown.abort(new ShuttingDownError());
    await interrupted;
    expect(await node.runOf(context)).toMatchObject({ state: 'running' });
    expect(await lastEventOf(context)).toMatchObject({ type: 'agent_thinking' });
  });

  it('is in the ledger while it runs, and leaves nothing behind', async () => {
    const { context, ended } = await execute('/say 2000');
    await node.untilEvent(context, ({ type }) => type === 'agent_thinking');
    expect(node.get(ActiveRuns).runningOf(context)).toBe(1);
    await ended;
    expect(node.get(ActiveRuns).runningCount).toBe(0);
    expect(node.get(ScopeRunner).liveCount).toBe(0);
  });
});
