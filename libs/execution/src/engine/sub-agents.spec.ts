import { TERMINAL_EVENT_TYPES, type ThreadEvent } from '@bulkhead/events';
import { runSteps } from '@bulkhead/persistence';
import { BuiltInToolsModule, type Tool } from '@bulkhead/tools';
import { ScopeRunner, type Identity, type UserExecutionContext } from '@bulkhead/user-context';
import { eq } from 'drizzle-orm';
import { ActiveRuns } from '../runs/active-runs.service.ts';
import {
  aTool,
  Gate,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';
import { CrashError } from '../testing/stored-steps.ts';

/** What executed where: the tool's name, by run. */
const executions: { readonly runId: string; readonly name: string }[] = [];
let gate = new Gate();
beforeEach(() => {
  gate = new Gate();
});
const held: Tool = {
  ...aTool('held', async (_, { context, signal }) => {
    executions.push({ runId: context.runId, name: 'held' });
    await Promise.race([
      gate.pass(),
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      ),
    ]);
    return { depth: context.operationDepth };
  }),
  sideEffect: 'idempotent',
};
const counted = aTool('counted', (_, { context }) => {
  executions.push({ runId: context.runId, name: 'counted' });
  return Promise.resolve({ depth: context.operationDepth });
});

const text = { description: '-', instructions: 'Be brief.' };
const agents = [
  {
    ...text,
    name: 'assistant',
    tools: ['calculator'],
    delegates: [{ agent: 'worker' }, { agent: 'clerk', tools: ['counted'] }, { agent: 'lead' }],
  },
  { ...text, name: 'worker', tools: ['held', 'counted', 'calculator'] },
  { ...text, name: 'clerk', tools: ['held', 'counted'], limits: { maxSteps: 2 } },
  {
    ...text,
    name: 'lead',
    tools: [],
    delegates: [{ agent: 'lead' }, { agent: 'worker', tools: ['counted'] }],
  },
];

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({ modules: [BuiltInToolsModule], tools: [held, counted], agents });
  node = await test.startNode({ maxSteps: 20, maxToolCalls: 20 });
  ada = await test.signUp();
});
afterAll(() => test.close());

async function live(message: string) {
  const context = await test.openRun(ada, message);
  await node.execute(context, 'assistant', new StoredSteps());
  return { context, events: await node.eventsOf(context), run: await node.runOf(context) };
}
const answerOf = (events: readonly ThreadEvent[]): string => {
  const last = events.at(-1);
  return last?.type === 'agent_completed' ? last.data.text : `It ended with ${last?.type}.`;
};
const completedOf = (events: readonly ThreadEvent[]) =>
  events.flatMap((event) => (event.type === 'tool_completed' ? [event] : []));
const executedIn = ({ runId }: UserExecutionContext) =>
  executions.filter((execution) => execution.runId === runId).map(({ name }) => name);

describe('a supervisor', () => {
  it('gets the answers of its sub-agents', async () => {
    const { events, run } = await live('/delegate worker: What is 6 * 7? | worker: What is 37 * 43?');
    expect(answerOf(events)).toContain('6 * 7 = 42');
    expect(answerOf(events)).toContain('37 * 43 = 1591');
    expect(run).toMatchObject({ state: 'completed', steps: 6, toolCalls: 4 });
  });

  it('has every event of a sub-agent say whose it is, how deep, and below what', async () => {
    const { context, events } = await live('/delegate lead: /delegate worker: /tool counted {}');
    const started = events.flatMap((event) => (event.type === 'agent_started' ? [event] : []));
    expect(
      started.map(({ agentName, operationDepth, data }) => [agentName, operationDepth, data.toolCallId]),
    ).toEqual([
      ['assistant', 0, undefined],
      ['lead', 1, '1.1'],
      ['worker', 2, '1.1/1.1'],
    ]);
    const [root, lead, worker] = started;
    expect([lead?.parentRequestId, worker?.parentRequestId]).toEqual([root?.requestId, lead?.requestId]);
    const owners = new Map(
      started.map(({ requestId, agentName, operationDepth, parentRequestId }) => [
        requestId,
        { agentName, operationDepth, parentRequestId },
      ]),
    );
    for (const { requestId, agentName, operationDepth, parentRequestId } of events) {
      expect({ agentName, operationDepth, parentRequestId }).toEqual(owners.get(requestId));
    }
    expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([context.runId]));
  });

  it('lets independent sub-agents work at the same time, and is told the results in the order of its asking', async () => {
    const running = live('/delegate worker: /tool held {} | worker: /tool held {} | worker: /say 2');
    await gate.untilWaiting(2);
    gate.letOnePass();
    gate.letOnePass();
    const { events } = await running;
    expect(answerOf(events)).toMatch(/depth.*depth.*word1 word2/s);
  });

  it('is told that a sub-agent failed, and goes on', async () => {
    const { events, run } = await live('/delegate worker: /fail | worker: /say 2');
    expect(answerOf(events)).toContain('The tool delegate failed');
    expect(answerOf(events)).toContain('word1 word2');
    expect(run.state).toBe('completed');
  });

  it('can delegate to its own delegates only', async () => {
    const { events } = await live('/delegate assistant: /say 1 | nobody: /say 1');
    expect(completedOf(events).map(({ data }) => [data.outcome, data.problem?.code])).toEqual([
      ['failed', 'tool_refused'],
      ['failed', 'tool_refused'],
    ]);
    expect(answerOf(events)).toContain('worker, clerk, lead');
  });

  it('leaves no scope and no sub-agent behind', async () => {
    await live('/delegate worker: /say 2 | lead: /delegate worker: /fail');
    expect(node.get(ScopeRunner).liveCount).toBe(0);
  });
});

describe('a sub-agent', () => {
  it.each([
    ['what it does not list', '/delegate worker: /tool notes_add {"text":"x"}'],
    ['what its supervisor does not grant', '/delegate clerk: /tool held {}'],
    ['what a supervisor further up does not grant', '/delegate lead: /delegate worker: /tool held {}'],
    ['delegating, without delegates', '/delegate worker: /delegate worker: /say 1'],
  ])('is refused %s', async (_, message) => {
    const { context, events } = await live(message);
    expect(completedOf(events)[0]?.data).toMatchObject({
      outcome: 'refused',
      problem: { code: 'tool_not_permitted' },
    });
    expect(executedIn(context)).toEqual([]);
  });

  it('is refused what its user may not use', async () => {
    const eve = await test.database.signUp({ permissions: ['agents:delegate'] });
    const context = await test.openRun(eve, '/delegate worker: /tool counted {}');
    await node.execute(context, 'assistant', new StoredSteps());
    expect(completedOf(await node.eventsOf(context))[0]?.data).toMatchObject({ outcome: 'refused' });
    expect(executedIn(context)).toEqual([]);
  });

  it('can not delegate deeper than agents may', async () => {
    const { events, run } = await live(
      '/delegate lead: /delegate lead: /delegate lead: /delegate lead: /say 1',
    );
    expect(run.state).toBe('completed');
    expect(Math.max(...events.map(({ operationDepth }) => operationDepth))).toBe(3);
    expect(answerOf(events)).toContain('can not be handed on any further');
  });

  it('fails at its own limit, and the run goes on', async () => {
    const strict = [{ ...text, name: 'strict', tools: ['counted'], limits: { maxToolCalls: 0 } }];
    const supervisor = { ...text, name: 'assistant', tools: [], delegates: [{ agent: 'strict' }] };
    const own = await openTestExecution({ tools: [counted], agents: [supervisor, ...strict] });
    try {
      const second = await own.startNode();
      const context = await own.openRun(await own.signUp(), '/delegate strict: /tool counted {}');
      await second.execute(context, 'assistant', new StoredSteps());
      expect(answerOf(await second.eventsOf(context))).toContain('limit of 0 tool calls');
      expect(executedIn(context)).toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('spends from the limits of its run', async () => {
    const poor = await test.startNode({ maxSteps: 3 });
    const context = await test.openRun(ada, '/delegate worker: /tool counted {} | worker: /tool counted {}');
    await poor.execute(context, 'assistant', new StoredSteps());
    expect(await node.runOf(context)).toMatchObject({ state: 'failed', error: { code: 'run_limit' } });
  });

  it('counts as a delegation, of which a run has a limited number', async () => {
    const poor = await test.startNode({ maxDelegations: 1 });
    const context = await test.openRun(ada, '/delegate worker: /say 1 | worker: /say 1');
    await poor.execute(context, 'assistant', new StoredSteps());
    expect(await node.runOf(context)).toMatchObject({ state: 'failed', error: { code: 'run_limit' } });
  });
});

describe('a cancelled run', () => {
  it('ends when all of its sub-agents have stopped, each tool call told to its end', async () => {
    const context = await test.openRun(
      ada,
      '/delegate worker: /tool held {} | lead: /delegate worker: /sleep 600000',
    );
    const running = node.execute(context, 'assistant', new StoredSteps());
    await node.untilEvent(
      context,
      ({ type, agentName, operationDepth }) =>
        type === 'agent_thinking' && agentName === 'worker' && operationDepth === 2,
    );
    await node.untilEvent(
      context,
      (event) => event.type === 'tool_executing' && event.data.toolName === 'held',
    );
    node.get(ActiveRuns).cancel(context);
    await running;
    const events = await node.eventsOf(context);
    const executing = events.flatMap((event) =>
      event.type === 'tool_executing' ? [event.data.toolCallId] : [],
    );
    const completed = completedOf(events);
    expect(completed.map(({ data }) => data.toolCallId).sort()).toEqual(executing.sort());
    expect(new Set(completed.map(({ data }) => data.outcome))).toEqual(new Set(['cancelled']));
    expect(events.filter(({ type }) => TERMINAL_EVENT_TYPES.has(type))).toEqual([events.at(-1)]);
    expect(events.at(-1)?.type).toBe('agent_cancelled');
    expect(node.get(ScopeRunner).liveCount).toBe(0);
  });
});

describe('a run whose node dies while sub-agents work', () => {
  const keptBy = (context: UserExecutionContext) =>
    test.database.transactions.run(context, async ({ db }) => {
      const rows = await db.select().from(runSteps).where(eq(runSteps.runId, context.runId));
      return rows.map(({ name }) => name);
    });

  it('executes nothing again that had finished, at any depth', async () => {
    const message =
      '/delegate worker: /tool counted {}\nlead: /delegate worker: /tool counted {}\nworker: /tool held {}';
    const context = await test.openRun(ada, message);
    const steps = new StoredSteps();
    const death = new AbortController();
    const dying = node.execute(context, 'assistant', steps, { signal: death.signal });
    await gate.untilWaiting(1);
    const expected = ['delegate:1.1', 'delegate:1.2/1.1'];
    const finished = async () => [...steps.finished, ...(await keptBy(context))];
    for (let names = await finished(); !expected.every((name) => names.includes(name));) {
      names = await finished();
    }
    death.abort(new CrashError('The node dies.'));
    await expect(dying).rejects.toThrow(CrashError);
    gate.open();
    await node.execute(context, 'assistant', steps);
    expect(executedIn(context).filter((name) => name === 'counted')).toHaveLength(2);
    expect(executedIn(context).filter((name) => name === 'held')).toHaveLength(2);
    expect(await node.runOf(context)).toMatchObject({ state: 'completed', steps: 10, toolCalls: 7 });
    const events = await node.eventsOf(context);
    const count = (type: ThreadEvent['type']) => events.filter((event) => event.type === type).length;
    expect([count('tool_executing'), count('tool_completed')]).toEqual([7, 7]);
  });
});
