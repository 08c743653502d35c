import { RunEndedError } from '@bulkhead/events';
import { ContextIsolationError, IsolationMonitor, type UserExecutionContext } from '@bulkhead/user-context';
import { aLookAlike } from '@bulkhead/user-context/testing';
import { openTestTools, type TestTools } from '../testing/index.ts';
import { ToolDispatcher } from './tool-dispatcher.service.ts';

let test: TestTools;
beforeAll(async () => (test = await openTestTools()));
afterAll(() => test.close());

const signal = new AbortController().signal;
const callOf = (toolName: string) => ({ toolCallId: '1.1', toolName, arguments: {} });
const callerOf = (toolName: string) => ({ agentName: 'assistant', permittedTools: [toolName] });

describe('the dispatcher of a scope that has closed', () => {
  it('refuses every call, executes nothing and says nothing', async () => {
    const context = await test.openRun('tools:spy');
    const spy = test.addSpy();
    const dispatcher = await test.events.scopes.run(context, ToolDispatcher, (each) => Promise.resolve(each));
    const late = dispatcher.execute(callerOf(spy.name), callOf(spy.name), signal);
    await expect(late).rejects.toThrow(ContextIsolationError);
    expect(spy.executions).toEqual([]);
    expect(await test.told(context)).toEqual([]);
  });

  it('gives a tool that is still at work no way to the database', async () => {
    const context = await test.openRun('tools:spy');
    let goOn = (): void => undefined;
    let started = (): void => undefined;
    const hasStarted = new Promise<void>((resolve) => (started = resolve));
    const afterwards = new Promise<unknown>((report) => {
      const spy = test.addSpy(async (_args, { session }) => {
        started();
        await new Promise<void>((resolve) => (goOn = resolve));
        const late = session.transaction(() => Promise.resolve('stored'));
        await late.then(report, report);
      });
      const abort = new AbortController();
      const scope = test.events.scopes.run(
        context,
        ToolDispatcher,
        (dispatcher) => dispatcher.execute(callerOf(spy.name), callOf(spy.name), signal),
        { signal: abort.signal },
      );
      scope.catch(() => goOn());
      void hasStarted.then(() => abort.abort(new Error('gone')));
    });
    expect(await afterwards).toBeInstanceOf(ContextIsolationError);
  });
});

describe('a tool that reaches for another user', () => {
  it('ends the scope of its call, is counted, and its agent is answered nothing', async () => {
    const [ada, ben] = [await test.openRun('tools:spy'), await test.openRun('tools:spy')];
    const monitor = test.events.node.get(IsolationMonitor, { strict: false });
    const before = monitor.count;
    const spy = test.addSpy(() =>
      test.events.database.transactions.run(aLookAlike(ben) as never, () => Promise.resolve('theirs')),
    );
    await expect(test.execute(ada, { toolName: spy.name })).rejects.toThrow(ContextIsolationError);
    expect(spy.executions).toHaveLength(1);
    expect(monitor.count).toBe(before + 1);
    expect((await test.told(ada)).map(({ type }) => type)).toEqual(['tool_executing']);
    expect(test.events.scopes.liveCount).toBe(0);
  });
});

describe('the same call again, as after a crash', () => {
  it('is executed under the same key, and stores no second pair of events', async () => {
    const context = await test.openRun('tools:spy');
    const spy = test.addSpy();
    const call = { toolName: spy.name, toolCallId: '1.1' };
    expect(await test.execute(context, call)).toEqual(await test.execute(context, call));
    expect(spy.executions.map(({ invocation }) => invocation.idempotencyKey)).toEqual([
      `${context.runId}:1.1`,
      `${context.runId}:1.1`,
    ]);
    expect((await test.told(context)).map(({ type }) => type)).toEqual(['tool_executing', 'tool_completed']);
  });

  it('is not executed when the tool acts once: that it was announced is the record of the intent', async () => {
    const context = await test.openRun('tools:spy');
    const spy = test.addSpy();
    spy.sideEffect = 'once';
    const call = { toolName: spy.name, toolCallId: '1.1' };
    await test.execute(context, call);
    expect(await test.execute(context, call)).toMatchObject({
      outcome: 'unknown',
      problem: { code: 'tool_outcome_unknown' },
    });
    expect(spy.executions).toHaveLength(1);
  });

  it('completes the pair that a crash left half', async () => {
    const context = await test.openRun('tools:spy');
    const spy = test.addSpy();
    const call = callOf(spy.name);
    await test.events.emit(context, {
      agentName: 'assistant',
      key: 'tool:1.1:executing',
      events: [{ type: 'tool_executing', data: { ...call, arguments: {} } }],
    });
    await test.execute(context, { toolName: spy.name, toolCallId: '1.1' });
    expect((await test.told(context)).map(({ type }) => type)).toEqual(['tool_executing', 'tool_completed']);
  });

  it('has another key for another call and in another run', async () => {
    const context = await test.openRun('tools:spy');
    const spy = test.addSpy();
    const sibling = await test.events.openRunIn(context);
    await test.execute(context, { toolName: spy.name, toolCallId: '1.1' });
    await test.execute(context, { toolName: spy.name, toolCallId: '1.2' });
    await test.execute(sibling, { toolName: spy.name, toolCallId: '1.1' });
    expect(new Set(spy.executions.map(({ invocation }) => invocation.idempotencyKey)).size).toBe(3);
    expect(await test.told(context)).toHaveLength(6);
  });
});

describe('a call in a run that has ended', () => {
  it('is not executed, because it can not be announced', async () => {
    const context = await test.openRun('tools:spy');
    const spy = test.addSpy();
    await test.events.endRun(context, 'cancelled');
    await expect(test.execute(context, { toolName: spy.name })).rejects.toThrow(RunEndedError);
    expect(spy.executions).toEqual([]);
  });
});

describe('dispatchers of several users at once', () => {
  it('never mix contexts, sessions, results or events', async () => {
    const spy = test.addSpy(async (args, { context, session }) => {
      const seen = await session.transaction(
        async ({ db }) =>
          (await db.execute<{ user: string }>(`select current_setting('app.user_id') as user`)).rows[0],
      );
      return { from: args, user: context.userId, seen: seen?.user };
    });
    const contexts = await Promise.all(Array.from({ length: 8 }, () => test.openRun('tools:spy')));
    const callsOf = (context: UserExecutionContext) =>
      Array.from({ length: 5 }, (_, index) =>
        test.execute(context, {
          toolName: spy.name,
          toolCallId: `${index}`,
          arguments: { of: context.userId },
        }),
      );
    const reports = await Promise.all(contexts.map((context) => Promise.all(callsOf(context))));
    for (const [index, context] of contexts.entries()) {
      const { userId } = context;
      const result = { from: { of: userId }, user: userId, seen: userId };
      expect(reports[index]).toEqual(new Array(5).fill({ outcome: 'succeeded', result }));
      const told = await test.told(context);
      expect(told).toHaveLength(10);
      const foreign = contexts.filter((each) => each !== context).map((each) => each.userId as string);
      expect(foreign.filter((id) => JSON.stringify(told).includes(id))).toEqual([]);
    }
    expect(test.events.scopes.liveCount).toBe(0);
  });

  it('carry one user’s refusal, failure and time limit past the other', async () => {
    const [ada, ben] = [await test.openRun('tools:spy'), await test.openRun('tools:spy')];
    const failing = test.addSpy(() => Promise.reject(new Error('no')));
    const hanging = test.addSpy(() => new Promise(() => undefined), 30);
    const working = test.addSpy();
    const outcomes = await Promise.all([
      test.execute(ada, { toolName: failing.name }),
      test.execute(ada, { toolName: hanging.name }),
      test.execute(ada, { toolName: working.name, permittedTools: [] }),
      test.execute(ben, { toolName: working.name }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'timed_out', 'refused', 'succeeded']);
    expect(await test.told(ben)).toHaveLength(2);
  });
});
