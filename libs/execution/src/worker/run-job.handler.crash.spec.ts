import { TERMINAL_EVENT_TYPES, type ThreadEvent } from '@bulkhead/events';
import type { Tool } from '@bulkhead/tools';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import fc from 'fast-check';
import {
  aTool,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';
import { CrashError, type Crash, type Moment } from '../testing/stored-steps.ts';

const question = 'What is 37 * 43, and remember it as a note?';
/** What the question takes, in order. */
const stepNames = ['model:1', 'tool:1.1', 'model:2', 'tool:2.1', 'model:3'] as const;
const moments: Moment[] = ['begun', 'executed', 'stored'];

/** Executions by run and tool. */
const executions = new Map<string, string[]>();
const counting = (name: string, result: string): Tool => ({
  ...aTool(name, (_, { context }) => {
    executions.set(context.runId, [...(executions.get(context.runId) ?? []), name]);
    return Promise.resolve({ result });
  }),
  sideEffect: 'idempotent',
});
const tools = [counting('calculator', '1591'), counting('notes_add', 'noted')];
const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.' };

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({
    tools,
    agents: [{ ...assistant, tools: tools.map(({ name }) => name) }],
  });
  node = await test.startNode();
  ada = await test.signUp();
});
afterAll(() => test.close());

/** Executes a run in as many lives as the planned crashes make of it. @returns its run, and the number of lives */
async function live(crashes: readonly Crash[]): Promise<{ context: UserExecutionContext; lives: number }> {
  const context = await test.openRun(ada, question);
  let dying = new AbortController();
  const steps = new StoredSteps(crashes, (error) => dying.abort(error));
  for (let lives = 1; ; lives++) {
    dying = new AbortController();
    try {
      await node.execute(context, 'assistant', steps, { signal: dying.signal });
      return { context, lives };
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
    }
  }
}

const attemptsOf = (events: readonly ThreadEvent[], step: number) =>
  events.flatMap(({ type, data }) => (type === 'agent_thinking' && data.step === step ? [data.attempt] : []));
const typesOf = (events: readonly ThreadEvent[]) =>
  events.map(({ type }) => type).filter((type) => type !== 'message_delta' && type !== 'agent_thinking');

/** What holds for a run however often its nodes died. */
async function expectOneRun(context: UserExecutionContext): Promise<readonly ThreadEvent[]> {
  const events = await node.eventsOf(context);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const toolCall = ['tool_executing', 'tool_completed'];
  expect(typesOf(events)).toEqual(['agent_started', ...toolCall, ...toolCall, 'agent_completed']);
  const terminal = events.filter(({ type }) => TERMINAL_EVENT_TYPES.has(type));
  expect(terminal).toEqual([events.at(-1)]);
  // What a client shows: a new attempt replaces the text of the one before.
  let shown = '';
  for (const { type, data } of events) {
    if (type === 'agent_thinking') shown = '';
    else if (type === 'message_delta') shown += data.text;
    else if (type === 'agent_completed') expect(data.text).toBe(shown);
  }
  expect(shown).toContain('1591');
  expect(await node.runOf(context)).toMatchObject({ state: 'completed', steps: 3, toolCalls: 2 });
  return events;
}

describe('a run whose node dies once', () => {
  const table = stepNames.flatMap((name, index) =>
    moments.map((moment) => ({ name, step: index + 1, moment })),
  );

  it.each(table)(
    'when $name is $moment: ends once, and executes no finished step again',
    async ({ name, ...crash }) => {
      const { context, lives } = await live([crash]);
      expect(lives).toBe(2);
      const events = await expectOneRun(context);
      const isInterrupted = crash.moment === 'executed';
      const again = (tool: string, at: string) => (isInterrupted && name === at ? [tool, tool] : [tool]);
      expect(executions.get(context.runId)).toEqual([
        ...again('calculator', 'tool:1.1'),
        ...again('notes_add', 'tool:2.1'),
      ]);
      const expected = [1, 2, 3].map((step) => (isInterrupted && name === `model:${step}` ? [1, 2] : [1]));
      expect([1, 2, 3].map((step) => attemptsOf(events, step))).toEqual(expected);
    },
  );
});

describe('a run whose nodes die again and again', () => {
  const anyCrash = fc.record({
    step: fc.integer({ min: 1, max: stepNames.length }),
    moment: fc.constantFrom(...moments),
  });

  it('ends once, and executes each step once more for every time that one was interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCrash, { minLength: 2, maxLength: 6 }), async (crashes) => {
        // A step that has a result is never reached again: crashes happen in the order of the steps.
        const planned = crashes
          .sort((one, other) => one.step - other.step)
          .filter(({ step, moment }, index, all) => moment !== 'stored' || all[index + 1]?.step !== step);
        const { context, lives } = await live(planned);
        expect(lives).toBe(planned.length + 1);
        const events = await expectOneRun(context);
        const timesOf = (name: string) =>
          1 +
          planned.filter(({ step, moment }) => moment === 'executed' && stepNames[step - 1] === name).length;
        const executed = executions.get(context.runId) ?? [];
        expect(executed.filter((tool) => tool === 'calculator')).toHaveLength(timesOf('tool:1.1'));
        expect(executed.filter((tool) => tool === 'notes_add')).toHaveLength(timesOf('tool:2.1'));
        for (const step of [1, 2, 3]) {
          expect(attemptsOf(events, step)).toHaveLength(timesOf(`model:${step}`));
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('a run that had ended when its node died', () => {
  it('is left alone by the next life', async () => {
    const { context } = await live([]);
    const before = await node.eventsOf(context);
    const again = new StoredSteps();
    await node.execute(context, 'assistant', again);
    expect(again.finished).toEqual([]);
    expect(await node.eventsOf(context)).toEqual(before);
    expect(executions.get(context.runId)).toEqual(['calculator', 'notes_add']);
  });
});
