import { BuiltInToolsModule } from '@bulkhead/tools';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { RunTotals, type RunTotalsReport } from './run-totals.service.ts';
import { openTestExecution, StoredSteps, type TestExecution, type TestNode } from '../testing/index.ts';
import { UsageReport } from '../usage/usage-report.service.ts';

const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: ['calculator'] };

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({ modules: [BuiltInToolsModule], agents: [assistant] });
  node = await test.startNode();
  ada = await test.signUp();
});
afterAll(() => test.close());

const run = async (content: string, isExecuted = true): Promise<UserExecutionContext> => {
  const context = await test.openRun(ada, content);
  if (isExecuted) await node.execute(context, 'assistant', new StoredSteps());
  return context;
};
const totals = (context: UserExecutionContext, from = '2000-01-01', to = '2999-12-31') =>
  node.inScope(context, RunTotals, (report): Promise<RunTotalsReport> => report.report(from, to));

describe('the totals of a user', () => {
  it('add up what all runs used, count them by state, and say how long they waited and took', async () => {
    await run('What is 6 * 7?');
    await run('/fail');
    const queued = await run('Hello', false);
    const report = await totals(queued);
    expect(report).toMatchObject({
      active: { queued: 1 },
      runs: { completed: 1, failed: 1, queued: 1 },
      toolCalls: 1,
    });
    expect(report.steps).toBeGreaterThanOrEqual(3);
    expect(report.outputTokens).toBeGreaterThan(0);
    for (const times of [report.queueMs, report.runMs]) {
      expect(times?.p50).toBeGreaterThanOrEqual(0);
      expect(times?.p95).toBeGreaterThanOrEqual(times?.p50 ?? Infinity);
    }
  });

  it('are of the days that are asked for; what is active now is active now', async () => {
    const context = await run('Hello', false);
    const report = await totals(context, '2000-01-01', '2000-01-02');
    expect(report).toMatchObject({ runs: {}, steps: 0, toolCalls: 0, outputTokens: 0 });
    expect(report.active.queued).toBeGreaterThan(0);
    expect([report.queueMs, report.runMs]).toEqual([undefined, undefined]);
  });

  it('are nobody else’s', async () => {
    const eve = await test.openThread(await test.signUp());
    expect(await totals(eve)).toMatchObject({ active: {}, runs: {}, steps: 0 });
  });

  it('have the day’s tool calls beside its model calls', async () => {
    const context = await run('What is 6 * 7?');
    const days = await node.inScope(context, UsageReport, (report) =>
      report.days('2000-01-01', '2999-12-31'),
    );
    expect(days[0]?.toolCalls).toBeGreaterThan(0);
    expect(days[0]?.toolCalls).toBeLessThan(days[0]?.modelCalls ?? 0);
  });
});
