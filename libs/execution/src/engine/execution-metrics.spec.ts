import { setTimeout as delay } from 'node:timers/promises';
import { Metrics } from '@bulkhead/telemetry';
import { BuiltInToolsModule } from '@bulkhead/tools';
import { EngineMetrics } from './engine-metrics.service.ts';
import { ExecutionEngineFactory } from './execution-engine.factory.ts';
import { QueueDepth } from '../queue/queue-depth.service.ts';
import { openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

const assistant = { name: 'assistant', description: 'Helps.', instructions: '', tools: ['calculator'] };

let test: TestExecution;
/** Serves clients: what it accepts waits. */
let gateway: TestNode;
/** Executes. */
let worker: TestNode;
beforeAll(async () => {
  test = await openTestExecution({ modules: [BuiltInToolsModule], agents: [assistant] });
  gateway = await test.startNode({ role: 'gateway' });
  worker = await test.startNode();
  await gateway.work();
}, 60_000);
afterAll(() => test.close());

const shownBy = (node: TestNode): Promise<string> => node.get(Metrics).text();

describe('the metrics of execution', () => {
  it('tell of everybody’s runs how many wait, then what was done for them', async () => {
    const depth = gateway.get(QueueDepth);
    expect(await depth.read()).toEqual({ waiting: 0, running: 0, deferred: 0, oldestSeconds: 0 });
    const contexts = [
      await test.openThread(await test.signUp()),
      await test.openThread(await test.signUp()),
    ] as const;
    for (const context of contexts) await gateway.send(context, 'What is 6 * 7?');
    while (!(await shownBy(gateway)).includes('bulkhead_queue_runs{state="waiting"} 2')) await delay(50);
    expect((await depth.read()).oldestSeconds).toBeGreaterThan(0);

    await worker.work();
    for (const context of contexts) {
      await worker.untilEvent(context, ({ type }) => type === 'agent_completed');
    }
    const text = await shownBy(worker);
    for (const line of [
      'bulkhead_steps_total{kind="model",outcome="completed"} 4',
      'bulkhead_steps_total{kind="tool",outcome="completed"} 2',
      'bulkhead_model_calls_total{provider="offline",outcome="completed"} 4',
      'bulkhead_model_call_seconds_count{provider="offline"} 4',
      'bulkhead_model_first_text_seconds_count{provider="offline"} 2',
      'bulkhead_tool_calls_total{tool="calculator",outcome="succeeded"} 2',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/bulkhead_model_tokens_total\{provider="offline",direction="output"\} [1-9]/);
    for (const { userId } of contexts) expect(text).not.toContain(userId);
  });

  it('count an engine as alive until its scope closes, and one that is refused as refused', async () => {
    const census = gateway.get(EngineMetrics);
    const context = await test.openThread(await test.signUp());
    await gateway.inScope(context, ExecutionEngineFactory, (engines, scope) => {
      engines.createForUser(scope.context);
      engines.createForUser(scope.context);
      expect([census.active, census.peak]).toEqual([2, 2]);
      expect(() => engines.createForUser(context)).toThrow();
      return Promise.resolve();
    });
    expect([census.active, census.peak]).toEqual([0, 2]);
    const text = await shownBy(gateway);
    for (const line of [
      'bulkhead_engines_created_total 2',
      'bulkhead_engines_disposed_total 2',
      'bulkhead_engines_rejected_total 1',
      'bulkhead_engine_creation_seconds_count 2',
    ]) {
      expect(text).toContain(line);
    }
  });
});
