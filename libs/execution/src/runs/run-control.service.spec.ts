import { ResourceNotFoundError } from '@bulkhead/errors';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { ActiveRuns } from './active-runs.service.ts';
import { RunCancellation } from './run-cancellation.service.ts';
import { RunControl } from './run-control.service.ts';
import { RunLookup } from './run-lookup.service.ts';
import { RunStore } from './run-store.service.ts';
import {
  aTool,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';

/** Does not listen to its signal. */
const deaf = aTool('deaf', () => new Promise(() => undefined));
const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: ['deaf'] };

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({ tools: [deaf], agents: [assistant] });
  node = await test.startNode();
  ada = await test.signUp();
});
afterAll(() => test.close());

const cancel = (context: UserExecutionContext) =>
  node.inScope(context, RunControl, (control) => control.cancel());
const execute = (context: UserExecutionContext) => node.execute(context, 'assistant', new StoredSteps());
const typesOf = async (context: UserExecutionContext) =>
  (await node.eventsOf(context)).map(({ type }) => type);

describe('a run that another node executes', () => {
  it('is stopped there', async () => {
    const other = await test.startNode();
    const context = await test.openRun(ada, '/sleep 600000');
    const execution = execute(context);
    await node.untilEvent(context, ({ type }) => type === 'agent_thinking');
    expect(await other.inScope(context, RunControl, (control) => control.cancel())).toBe('running');
    await execution;
    expect(await node.runOf(context)).toMatchObject({ state: 'cancelled' });
  });

  it('goes on when the hint comes without a request to stop', async () => {
    const other = await test.startNode();
    const context = await test.openRun(ada, '/sleep 300');
    const execution = execute(context);
    await node.untilEvent(context, ({ type }) => type === 'agent_thinking');
    await other.get(RunCancellation).stop(context);
    await execution;
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });
});

describe('a run that is named by its id alone', () => {
  const locate = (context: UserExecutionContext) => node.get(RunLookup).locate(context);

  it('is found in its thread, by the same unit of work', async () => {
    const { runId, threadId } = await test.openRun(ada, 'Hello');
    const request = aContext(ada)
      .on({ runId })
      .with({ auditMetadata: { method: 'POST' }, websocketClientId: 'socket-1' })
      .build();
    const { createdAt: _now, ...located } = (await locate(request)).toJSON();
    expect({ ...request.toJSON(), threadId }).toMatchObject(located);
    await cancel(await locate(request));
  });

  it("is not found when it is another user's, as if there were none", async () => {
    const { runId } = await test.openRun(ada, 'Hello');
    const ben = await test.signUp();
    for (const stranger of [aContext(ben).on({ runId }), aContext(ben)]) {
      await expect(locate(stranger.build())).rejects.toEqual(new ResourceNotFoundError('run'));
    }
  });
});

describe('cancelling a run', () => {
  it('ends a queued one at once, and nothing of it is executed later', async () => {
    const context = await test.openRun(ada, 'Hello');
    expect(await cancel(context)).toBe('cancelled');
    await execute(context);
    expect(await typesOf(context)).toEqual(['agent_cancelled']);
    expect(await node.runOf(context)).toMatchObject({ state: 'cancelled', finishedAt: expect.any(String) });
  });

  it.each([
    ['model call', '/sleep 600000', 'agent_thinking'],
    ['tool call, also of a tool that does not listen', '/tool deaf {}', 'tool_executing'],
  ])('ends a running one in the middle of its %s', async (_, content, event) => {
    const context = await test.openRun(ada, content);
    const ended = execute(context);
    await node.untilEvent(context, ({ type }) => type === event);
    expect(await cancel(context)).toBe('running');
    await ended;
    expect((await typesOf(context)).at(-1)).toBe('agent_cancelled');
    expect(await node.runOf(context)).toMatchObject({ state: 'cancelled' });
    expect(node.get(ActiveRuns).runningCount).toBe(0);
  });

  it('is not forgotten when the node dies before it obeys: the next life ends the run', async () => {
    const context = await test.openRun(ada, '/sleep 600000');
    await node.inScope(context, RunStore, (journal) => journal.begin());
    expect(await cancel(context)).toBe('running');
    await execute(context);
    expect(await typesOf(context)).toEqual(['agent_cancelled']);
  });

  it('changes nothing when it has ended, and says how it had', async () => {
    const context = await test.openRun(ada, '/say 2');
    await execute(context);
    const before = await node.eventsOf(context);
    expect(await cancel(context)).toBe('completed');
    expect(await node.eventsOf(context)).toEqual(before);
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });

  it('twice, or ten times at once, is the same as once', async () => {
    const context = await test.openRun(ada, 'Hello');
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(context)));
    expect(new Set([...answers, await cancel(context)])).toEqual(new Set(['cancelled']));
    expect(await typesOf(context)).toEqual(['agent_cancelled']);
  });

  it('as it is being taken up ends it as well, whichever comes first', async () => {
    const contexts = await Promise.all(Array.from({ length: 10 }, () => test.openRun(ada, '/sleep 600000')));
    await Promise.all(contexts.flatMap((context) => [execute(context), cancel(context)]));
    for (const context of contexts) {
      expect((await typesOf(context)).at(-1)).toBe('agent_cancelled');
      expect(await node.runOf(context)).toMatchObject({ state: 'cancelled' });
    }
  });

  it('needs the thread that the run is in: in another one there is no such run', async () => {
    const context = await test.openRun(ada, 'Hello');
    const elsewhere = await test.openThread(ada);
    const { runId } = context;
    const misplaced = aContext(ada).on({ runId, threadId: elsewhere.threadId }).build();
    await expect(cancel(misplaced)).rejects.toEqual(new ResourceNotFoundError('run'));
    expect(await node.runOf(context)).toMatchObject({ state: 'queued' });
    await cancel(context);
  });

  it("answers for another user's run as for none, and leaves it alone", async () => {
    const context = await test.openRun(ada, '/sleep 600000');
    const ended = execute(context);
    await node.untilEvent(context, ({ type }) => type === 'agent_thinking');
    const ben = await test.signUp();
    for (const stranger of [aContext(ben).on(context), aContext(ben)]) {
      await expect(cancel(stranger.build())).rejects.toEqual(new ResourceNotFoundError('run'));
    }
    expect(await node.runOf(context)).toMatchObject({ state: 'running' });
    await cancel(context);
    await ended;
  });
});
