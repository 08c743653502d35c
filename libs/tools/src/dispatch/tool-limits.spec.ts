import type { Statement } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { openTestTools, type TestCall, type TestTools } from '../testing/index.ts';
import { ToolLimits } from './tool-limits.service.ts';
import { ToolRegistry } from '../registry/tool-registry.service.ts';

let test: TestTools;
let ada: UserExecutionContext;
beforeAll(async () => (test = await openTestTools({ callsPerMinute: 5, callsAtOnce: 2, waitMs: 300 })));
beforeEach(async () => (ada = await test.openRun('tools:spy', 'tools:calculator')));
afterAll(() => test.close());

/** A tool whose calls stay under way until they are let go. */
function aSlowTool() {
  const waiting: (() => void)[] = [];
  const spy = test.addSpy(() => new Promise<object>((resolve) => waiting.push(() => resolve({}))));
  const until = async (count: number): Promise<void> => {
    while (spy.executions.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { spy, until, letGo: () => waiting.splice(0).forEach((end) => end()) };
}
const codeOf = async (context: UserExecutionContext, call: TestCall): Promise<string> => {
  const { outcome, problem } = await test.execute(context, call);
  return problem ? `${outcome} ${problem.code}` : outcome;
};

describe('the tool calls of one user', () => {
  it('are limited per minute, whatever the run, and then refused with the time to wait', async () => {
    const spy = test.addSpy();
    const runs = [ada, await test.events.openRunIn(ada)];
    for (let call = 0; call < 5; call += 1) {
      expect(await codeOf(runs[call % 2] ?? ada, { toolName: spy.name })).toBe('succeeded');
    }
    const { outcome, problem } = await test.execute(ada, { toolName: spy.name });
    expect([outcome, problem]).toEqual([
      'refused',
      expect.objectContaining({ code: 'tool_rate_limited', limit: 5, retryAfterSeconds: expect.any(Number) }),
    ]);
    expect(problem?.retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(spy.executions).toHaveLength(5);
  });

  it('count on every node', async () => {
    const other = await test.events.startNode();
    const spy = test.addSpy();
    other.get(ToolRegistry, { strict: false }).register(spy);
    const limits = other.get(ToolLimits, { strict: false });
    const session = { context: ada, statement: statementOf(ada) };
    for (let call = 0; call < 3; call += 1) {
      await limits.count(session as never);
    }
    const outcomes = [];
    for (let call = 0; call < 3; call += 1) outcomes.push(await codeOf(ada, { toolName: spy.name }));
    expect(outcomes).toEqual(['succeeded', 'succeeded', 'refused tool_rate_limited']);
  });

  it('are possible again in the next minute', async () => {
    const spy = test.addSpy();
    for (let call = 0; call < 6; call += 1) await test.execute(ada, { toolName: spy.name });
    await test.events.database.asAdmin((admin) =>
      admin.query(`update bulkhead.tool_call_windows set started_at = now() - interval '61 seconds'`),
    );
    expect(await codeOf(ada, { toolName: spy.name })).toBe('succeeded');
  });

  it('are no limit to anybody else, and refused ones count for nobody', async () => {
    const spy = test.addSpy();
    const ben = await test.openRun('tools:spy');
    for (let call = 0; call < 7; call += 1)
      await test.execute(ada, { toolName: spy.name, permittedTools: [] });
    for (let call = 0; call < 6; call += 1) await test.execute(ada, { toolName: spy.name });
    expect(await codeOf(ben, { toolName: spy.name })).toBe('succeeded');
    expect(spy.executions).toHaveLength(6);
  });

  it('are never more than the limit, also when they come all at once', async () => {
    const spy = test.addSpy();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => codeOf(ada, { toolName: spy.name })));
    expect(outcomes.filter((outcome) => outcome === 'succeeded')).toHaveLength(5);
    expect(spy.executions).toHaveLength(5);
  });
});

describe('the tool calls of one user at the same time', () => {
  it('wait for their turn, in order', async () => {
    const { spy, until, letGo } = aSlowTool();
    const calls = [1, 2, 3].map((id) => codeOf(ada, { toolName: spy.name, arguments: { id } }));
    await until(2);
    expect(spy.executions).toHaveLength(2);
    letGo();
    await until(3);
    letGo();
    expect(await Promise.all(calls)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('are refused when no turn comes, and hold up nobody else', async () => {
    const { spy, until, letGo } = aSlowTool();
    const calls = [1, 2].map(() => codeOf(ada, { toolName: spy.name }));
    await until(2);
    expect(await codeOf(ada, { toolName: spy.name })).toBe('refused tool_busy');
    const quick = test.addSpy();
    expect(await codeOf(await test.openRun('tools:spy'), { toolName: quick.name })).toBe('succeeded');
    letGo();
    await Promise.all(calls);
  });

  it('leave the queue when they are cancelled, and nothing behind', async () => {
    const { spy, until, letGo } = aSlowTool();
    const calls = [1, 2].map(() => codeOf(ada, { toolName: spy.name }));
    await until(2);
    const stop = new AbortController();
    const third = codeOf(ada, { toolName: spy.name, signal: stop.signal });
    stop.abort(new Error('cancelled'));
    expect(await third).toMatch(/^cancelled/);
    letGo();
    await Promise.all(calls);
    expect(spy.executions).toHaveLength(2);
    expect(test.events.node.get(ToolLimits, { strict: false }).userCount).toBe(0);
  });
});

const statementOf = (context: UserExecutionContext) => (statement: Statement) =>
  test.events.database.transactions.statement(context, statement);
