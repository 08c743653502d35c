import { RunEndedError, TERMINAL_EVENT_TYPES, UserEventEmitter } from '@bulkhead/events';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { RunHistory } from './run-history.service.ts';
import type { RunOutcome } from './run-outcome.ts';
import { RunStore } from './run-store.service.ts';
import { openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution();
  node = await test.startNode();
  ada = await test.signUp();
});
afterAll(() => test.close());

const figures = { steps: 1, toolCalls: 0, inputTokens: 5, outputTokens: 7 };
const problem = { type: 'urn:x', title: 'X', status: 503, code: 'model_failed', detail: 'No.' };
const completed: RunOutcome = { state: 'completed', text: 'Done.', finishReason: 'stop', ...figures };
const failed: RunOutcome = { state: 'failed', problem };
const timedOut: RunOutcome = { state: 'timed_out', problem };
const cancelled: RunOutcome = { state: 'cancelled' };
const eventOf = {
  completed: 'agent_completed',
  failed: 'agent_failed',
  timed_out: 'agent_failed',
  cancelled: 'agent_cancelled',
} as const;

const inJournal = <R>(context: UserExecutionContext, work: (journal: RunStore) => Promise<R>) =>
  node.inScope(context, RunStore, work);
const begin = (context: UserExecutionContext) => inJournal(context, (journal) => journal.begin());
const finish = (context: UserExecutionContext, outcome: RunOutcome) =>
  inJournal(context, (journal) => journal.finish('assistant', outcome));
const emit = (context: UserExecutionContext, key: string) =>
  node.inScope(context, UserEventEmitter, (emitter) =>
    emitter.emit({
      agentName: 'assistant',
      key,
      events: [{ type: 'message_delta', data: { step: 1, text: key } }],
    }),
  );
const openRun = () => test.openRun(ada, 'Hello');
const openRunning = async () => {
  const context = await openRun();
  await begin(context);
  return context;
};
const recordOf = async (context: UserExecutionContext) => ({
  run: await node.runOf(context),
  events: await node.eventsOf(context),
  messages: await node.inScope(context, RunHistory, (history) => history.messages(-1, 10)),
});

describe('beginning a run', () => {
  it('makes a queued run running, and says when', async () => {
    const context = await openRun();
    expect(await begin(context)).toBe('running');
    expect(await node.runOf(context)).toMatchObject({ state: 'running', startedAt: expect.any(String) });
  });

  it('changes nothing the second time, after a crash', async () => {
    const context = await openRunning();
    const before = await recordOf(context);
    expect(await begin(context)).toBe('running');
    expect(await recordOf(context)).toEqual(before);
  });

  it('says when there is nothing to do any more, and changes nothing', async () => {
    const context = await openRunning();
    await finish(context, completed);
    const before = await recordOf(context);
    expect(await begin(context)).toBe('ended');
    expect(await recordOf(context)).toEqual(before);
  });

  it("finds no run of another user's", async () => {
    const context = await openRun();
    const stranger = aContext(await test.signUp())
      .on(context)
      .build();
    expect(await begin(stranger)).toBe('ended');
    expect(await node.runOf(context)).toMatchObject({ state: 'queued' });
  });
});

describe('finishing a run', () => {
  it.each([completed, failed, timedOut, cancelled])(
    'as $state stores the state and its one event together, once',
    async (outcome) => {
      const context = await openRunning();
      expect(await finish(context, outcome)).toBe(true);
      const record = await recordOf(context);
      expect(record.run).toMatchObject({ state: outcome.state, finishedAt: expect.any(String) });
      expect(record.events.map(({ type }) => type)).toEqual([eventOf[outcome.state]]);
      expect(record.messages).toHaveLength(outcome.state === 'completed' ? 2 : 1);
      expect(await finish(context, outcome)).toBe(false);
      expect(await recordOf(context)).toEqual(record);
    },
  );

  it.each([completed, timedOut])('as $state stores nothing for a run that never ran', async (outcome) => {
    const context = await openRun();
    expect(await finish(context, outcome)).toBe(false);
    const record = await recordOf(context);
    expect(record.run.state).toBe('queued');
    expect([record.events, record.messages.length]).toEqual([[], 1]);
  });

  it('ten times at once, each in another way, ends it in exactly one', async () => {
    const context = await openRunning();
    const outcomes = [completed, failed, timedOut, cancelled, completed];
    const results = await Promise.all([...outcomes, ...outcomes].map((outcome) => finish(context, outcome)));
    expect(results.filter(Boolean)).toHaveLength(1);
    const winner = [...outcomes, ...outcomes][results.indexOf(true)]?.state ?? 'failed';
    const record = await recordOf(context);
    expect(record.run.state).toBe(winner);
    expect(record.events.map(({ type }) => type)).toEqual([eventOf[winner]]);
    expect(record.messages).toHaveLength(winner === 'completed' ? 2 : 1);
  });

  it('races with its own events: none is stored after the terminal one', async () => {
    const context = await openRunning();
    const keys = Array.from({ length: 11 }, (_, index) => `delta ${index}`);
    const outcomes = await Promise.allSettled(
      keys.map((key, index) => (index === 5 ? finish(context, failed) : emit(context, key))),
    );
    const types = (await node.eventsOf(context)).map(({ type }) => type);
    expect(types.findIndex((type) => TERMINAL_EVENT_TYPES.has(type))).toBe(types.length - 1);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(types).toHaveLength(11 - refused.length);
    expect(refused.every((it) => it.status === 'rejected' && it.reason instanceof RunEndedError)).toBe(true);
  });

  it('refuses every later event', async () => {
    const context = await openRunning();
    await finish(context, cancelled);
    await expect(emit(context, 'late')).rejects.toThrow(RunEndedError);
    expect(await node.eventsOf(context)).toHaveLength(1);
  });
});
