import { Logger } from '@nestjs/common';
import { AppError } from '@bulkhead/errors';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { openTestTools, type SpyTool, type TestCall, type TestTools } from '../testing/index.ts';
import { MAX_RESULT_BYTES } from './tool-dispatcher.service.ts';
import { ToolRefusalError } from '../tools.errors.ts';

class StoppedError extends AppError {
  readonly code = 'stopped';
  readonly kind = 'conflict';
}

let test: TestTools;
let ada: UserExecutionContext;
beforeAll(async () => (test = await openTestTools()));
beforeEach(async () => (ada = await test.openRun('tools:spy')));
afterAll(() => test.close());

const call = (spy: SpyTool, more: Partial<TestCall> = {}) =>
  test.execute(ada, { toolName: spy.name, toolCallId: '1.1', ...more });
/** The pair that every call must leave, and nothing else. */
const expectPair = async (spy: SpyTool, args: unknown, completed: object): Promise<void> => {
  const named = { toolCallId: '1.1', toolName: spy.name };
  expect(await test.told(ada)).toEqual([
    { type: 'tool_executing', data: { ...named, arguments: args } },
    { type: 'tool_completed', data: { ...named, durationMs: expect.any(Number), ...completed } },
  ]);
};

describe('a tool call', () => {
  it('that succeeds is announced and reported, with its result', async () => {
    const spy = test.addSpy(() => ({ sum: 3 }));
    const report = await call(spy, { arguments: { a: 1 } });
    expect(report).toEqual({ outcome: 'succeeded', result: { sum: 3 } });
    await expectPair(spy, { a: 1 }, report);
  });

  it("gets the caller's world: context, session, signal and a key that only its repetitions share", async () => {
    const spy = test.addSpy();
    await call(spy, { arguments: { a: 1 } });
    const [execution] = spy.executions;
    expect(execution?.args).toEqual({ a: 1 });
    expect(execution?.invocation.context).toMatchObject({ userId: ada.userId, runId: ada.runId });
    expect(execution?.invocation.session.context).toBe(execution?.invocation.context);
    expect(execution?.invocation.signal.aborted).toBe(false);
    expect(execution?.invocation.idempotencyKey).toBe(`${ada.runId}:1.1`);
  });

  it('is announced before it is executed', async () => {
    const spy = test.addSpy(async () => (await test.told(ada)).map(({ type }) => type));
    expect(await call(spy)).toMatchObject({ result: ['tool_executing'] });
  });

  it('that the tool refuses is a failure with a reason', async () => {
    const spy = test.addSpy(() => Promise.reject(new ToolRefusalError('No such city.', { field: 'city' })));
    const report = await call(spy);
    expect(report).toMatchObject({
      outcome: 'failed',
      problem: { code: 'tool_refused', detail: 'No such city.', field: 'city' },
    });
    await expectPair(spy, {}, report);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('canary at 10.0.0.5');
      },
    ],
    ['rejects', () => Promise.reject(new Error('canary at 10.0.0.5'))],
  ] as const)('that %s is a failure, and nobody is told why', async (_how, behave) => {
    const spy = test.addSpy(behave);
    const report = await call(spy);
    expect(report).toMatchObject({ outcome: 'failed', problem: { code: 'internal_error', status: 500 } });
    await expectPair(spy, {}, report);
    expect(JSON.stringify([report, await test.told(ada)])).not.toMatch(/canary|10\.0\.0\.5/);
  });

  it('that fails for a reason of its own leaves that in the log, for the operator', async () => {
    const logged: unknown[] = [];
    const ignore = (): void => undefined;
    Logger.overrideLogger({ log: ignore, warn: ignore, error: (entry) => void logged.push(entry) });
    const cause = new Error('canary');
    const failing = test.addSpy(() => Promise.reject(cause));
    await call(failing);
    await call(test.addSpy(() => Promise.reject(new ToolRefusalError('No such city.'))));
    Logger.overrideLogger(false);
    expect(logged).toEqual([{ runId: ada.runId, toolName: failing.name, err: cause }]);
  });

  it('that takes too long is timed out, and the tool is told to stop', async () => {
    const heard: unknown[] = [];
    const spy = test.addSpy((_args, { signal }) => {
      signal.addEventListener('abort', () => heard.push(signal.reason));
      return new Promise(() => undefined);
    }, 20);
    const report = await call(spy);
    expect(report).toMatchObject({ outcome: 'timed_out', problem: { code: 'tool_timeout', limit: 20 } });
    expect(heard).toMatchObject([{ code: 'tool_timeout' }]);
    await expectPair(spy, {}, report);
  });

  it('that is cancelled is reported at once, and the tool is told to stop', async () => {
    const abort = new AbortController();
    const reason = new StoppedError('Stopped.');
    const spy = test.addSpy(() => {
      queueMicrotask(() => abort.abort(reason));
      return new Promise(() => undefined);
    });
    const report = await call(spy, { signal: abort.signal });
    expect(report).toMatchObject({ outcome: 'cancelled', problem: { code: 'stopped' } });
    expect(spy.executions[0]?.invocation.signal.reason).toBe(reason);
    await expectPair(spy, {}, report);
  });

  it('that was cancelled before it began is not executed, and has its pair', async () => {
    const spy = test.addSpy();
    const report = await call(spy, { signal: AbortSignal.abort(new StoppedError('Stopped.')) });
    expect(report).toMatchObject({ outcome: 'cancelled', problem: { code: 'stopped' } });
    expect(spy.executions).toEqual([]);
    await expectPair(spy, {}, report);
  });
});

describe('a result', () => {
  it('may have as many bytes as the limit says', async () => {
    const text = 'é'.repeat(MAX_RESULT_BYTES / 2 - 1);
    expect(await call(test.addSpy(() => text))).toEqual({ outcome: 'succeeded', result: text });
  });

  it('with one byte more is a failure, and is nowhere in the events', async () => {
    const spy = test.addSpy(() => `${'é'.repeat(MAX_RESULT_BYTES / 2 - 1)}x`);
    const report = await call(spy);
    const problem = { code: 'tool_result_too_large', limit: MAX_RESULT_BYTES, current: MAX_RESULT_BYTES + 1 };
    expect(report).toEqual({ outcome: 'failed', problem: expect.objectContaining(problem) });
    await expectPair(spy, {}, report);
  });

  it.each([
    ['nothing', undefined],
    ['a function', () => 1],
    ['a number that JSON does not know', 10n],
  ])('that is no JSON is a failure: %s', async (_what, value) => {
    const report = await call(test.addSpy(() => value));
    expect(report).toMatchObject({ outcome: 'failed', problem: { code: 'internal_error' } });
    expect(await test.told(ada)).toHaveLength(2);
  });

  it('is a copy in plain JSON, which the tool can not change any more', async () => {
    const result = { at: new Date(0), list: ['a'], missing: undefined };
    const report = await call(test.addSpy(() => result));
    result.list.push('b');
    expect(report.result).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', list: ['a'] });
  });

  it('that is nested deeper than PostgreSQL can store still has its pair', async () => {
    const deep = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) as unknown;
    const report = await call(
      test.addSpy(() => deep),
      { arguments: { deep } },
    );
    expect(report.outcome).toBe('succeeded');
    expect((await test.told(ada)).map(({ type }) => type)).toEqual(['tool_executing', 'tool_completed']);
  });
});

describe('secrets', () => {
  it('reach the tool and the agent, and never an event', async () => {
    const secrets = { password: 'canary', nested: [{ apiKey: 'canary' }], header: 'Bearer canary' };
    const report = await call(
      test.addSpy((args) => args),
      { arguments: secrets },
    );
    expect(report.result).toEqual(secrets);
    const redacted = { password: '[redacted]', nested: [{ apiKey: '[redacted]' }], header: '[redacted]' };
    expect(await test.told(ada)).toMatchObject([
      { data: { arguments: redacted } },
      { data: { result: redacted } },
    ]);
  });

  it('stay out of the events when the arguments are not even JSON, or the tool speaks of them', async () => {
    const spy = test.addSpy(() => Promise.reject(new ToolRefusalError('Bearer canary is not good.')));
    await call(spy, { arguments: '{"password": "canary' });
    await call(spy, { toolCallId: '1.2' });
    const told = await test.told(ada);
    expect(told).toHaveLength(4);
    expect(JSON.stringify(told)).not.toContain('canary');
  });
});
