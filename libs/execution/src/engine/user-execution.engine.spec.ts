import type { ThreadEvent } from '@bulkhead/events';
import { BuiltInToolsModule } from '@bulkhead/tools';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { UnknownAgentError } from '../execution.errors.ts';
import { ExecutionEngineFactory } from './execution-engine.factory.ts';
import { RunTimer } from './run-timer.ts';
import { RunBudget } from './run-budget.ts';
import {
  aTool,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';
import type { EngineTask } from './engine-task.ts';

const agents = [
  { name: 'assistant', tools: ['calculator', 'notes_add', 'current_time', 'wait', 'break'] },
  { name: 'mathematician', tools: ['calculator'] },
].map((agent) => ({ ...agent, description: agent.name, instructions: 'Be brief.' }));

/** Waits for its signal alone: whoever aborts it is heard. */
const wait = aTool(
  'wait',
  (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
);
const broken = aTool('break', () => Promise.reject(new Error('password=hunter2')));

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({ modules: [BuiltInToolsModule], tools: [wait, broken], agents });
  node = await test.startNode();
  ada = await test.signUp();
});
afterAll(() => test.close());

function runEngine(context: UserExecutionContext, text: string, task: Partial<EngineTask> = {}) {
  return node.inScope(context, ExecutionEngineFactory, (engines, { context: own, signal }) =>
    engines.createForUser(own).run({
      agentName: 'assistant',
      conversation: [{ role: 'user', text }],
      contextTokens: 32_000,
      steps: new StoredSteps(),
      budget: budgetOf(8, 8),
      clock,
      signal,
      closing: signal,
      ...task,
    }),
  );
}
const clock = new RunTimer(600_000);
afterAll(() => clock.stop());
const budgetOf = (maxSteps: number, maxToolCalls: number) =>
  new RunBudget({ maxSteps, maxToolCalls, maxDelegations: 8 });
const openRun = () => test.openRun(ada, 'unused: the conversation is given');
const typesOf = (events: readonly ThreadEvent[]) =>
  events.map(({ type }) => type).filter((type) => type !== 'message_delta');
const outcomesOf = (events: readonly ThreadEvent[]) =>
  events.flatMap((event) => (event.type === 'tool_completed' ? [event.data.outcome] : []));

describe('the engine', () => {
  it('goes from model to tools and back until the model answers, telling every step of it', async () => {
    const context = await openRun();
    const steps = new StoredSteps();
    const result = await runEngine(context, 'What is 37 * 43, and remember it as a note?', { steps });
    expect(result).toMatchObject({ text: expect.stringContaining('1591'), steps: 3, toolCalls: 2 });
    expect(steps.finished).toEqual(['model:1', 'tool:1.1', 'model:2', 'tool:2.1', 'model:3']);
    const events = await node.eventsOf(context);
    const toolCall = ['tool_executing', 'tool_completed'];
    const thinking = 'agent_thinking';
    expect(typesOf(events)).toEqual([
      'agent_started',
      ...[thinking, ...toolCall],
      ...[thinking, ...toolCall],
      thinking,
    ]);
    const deltas = events.flatMap((event) => (event.type === 'message_delta' ? [event.data.text] : []));
    expect(deltas.join('')).toBe(result.text);
  });

  it('adds up the tokens of all model calls', async () => {
    const once = await runEngine(await openRun(), '/say 5');
    expect(once).toMatchObject({ steps: 1, toolCalls: 0, outputTokens: 5 });
    const twice = await runEngine(await openRun(), '/bench 5');
    expect(twice).toMatchObject({ steps: 2, toolCalls: 1, outputTokens: 5 });
    expect(twice.inputTokens).toBeGreaterThanOrEqual(2 * once.inputTokens);
  });

  it('names tool calls itself, so that they are unique within the run', async () => {
    const context = await openRun();
    await runEngine(context, 'What is 1 + 1, what time is it, and remember it as a note?');
    const ids = (await node.eventsOf(context)).flatMap((event) =>
      event.type === 'tool_executing' ? [event.data.toolCallId] : [],
    );
    expect(ids).toEqual(['1.1', '1.2', '2.1']);
  });

  it('knows no unknown agent, and stores nothing for one', async () => {
    const context = await openRun();
    const running = runEngine(context, 'Hello', { agentName: 'nobody' });
    await expect(running).rejects.toThrow(UnknownAgentError);
    expect(await node.eventsOf(context)).toEqual([]);
  });
});

describe('what a tool refuses or fails at goes back to the model, which answers it', () => {
  it.each([
    ['a tool that the agent was not given', '/tool notes_add {"text":"x"}', 'refused', 'not available here'],
    ['a tool that does not exist', '/tool no_such_tool {}', 'refused', 'not available here'],
    ['arguments against the schema', '/tool calculator {"expr":"1"}', 'refused', 'arguments that match'],
    ['arguments that are no JSON', '/tool calculator 6*7', 'refused', 'must be a JSON object'],
    ['a request that the tool can not serve', '/tool calculator {"expression":"6*"}', 'failed', 'syntax'],
  ])('%s', async (_, message, outcome, explanation) => {
    const context = await openRun();
    const { text } = await runEngine(context, message, { agentName: 'mathematician' });
    expect(text).toContain(explanation);
    expect(outcomesOf(await node.eventsOf(context))).toEqual([outcome]);
  });

  it('an accident in a tool, without a word of what it was', async () => {
    const context = await openRun();
    const { text } = await runEngine(context, '/tool break {}');
    expect(text).toContain('The tool break failed');
    expect(JSON.stringify([text, await node.eventsOf(context)])).not.toContain('hunter2');
  });
});

describe('a run at its limits', () => {
  const question = 'What is 37 * 43, and remember it as a note?';

  it('may use them up', async () => {
    const budget = budgetOf(3, 2);
    await expect(runEngine(await openRun(), question, { budget })).resolves.toMatchObject({
      steps: 3,
      toolCalls: 2,
    });
  });

  it('ends when it wants one more model call', async () => {
    const running = runEngine(await openRun(), question, { budget: budgetOf(2, 8) });
    await expect(running).rejects.toMatchObject({ code: 'run_limit', details: { limit: 2 } });
    await expect(running).rejects.toThrow('limit of 2 steps');
  });

  it('ends when it wants one more tool call, before any tool of that step is executed', async () => {
    const context = await openRun();
    const budget = budgetOf(8, 1);
    const running = runEngine(context, 'What is 1 + 1, and what time is it?', { budget });
    await expect(running).rejects.toThrow('limit of 1 tool calls');
    expect(outcomesOf(await node.eventsOf(context))).toEqual([]);
  });
});

describe('an aborted run throws the reason of the abort', () => {
  const reason = new Error('the owner went away');

  /** Aborts as soon as the run says that it is where the spec wants it. */
  async function abortAt(type: ThreadEvent['type'], context: UserExecutionContext, text: string) {
    const abort = new AbortController();
    const running = runEngine(context, text, { signal: abort.signal });
    const outcome = expect(running).rejects.toBe(reason);
    await node.untilEvent(context, (event) => event.type === type);
    abort.abort(reason);
    await outcome;
  }

  it('before it began, and stores nothing', async () => {
    const context = await openRun();
    const running = runEngine(context, 'Hello', { signal: AbortSignal.abort(reason) });
    await expect(running).rejects.toBe(reason);
    expect(await node.eventsOf(context)).toEqual([]);
  });

  it('in the middle of a model call, and asks for no more', async () => {
    const context = await openRun();
    await abortAt('agent_thinking', context, '/sleep 600000');
    expect(typesOf(await node.eventsOf(context))).toEqual(['agent_started', 'agent_thinking']);
  });

  it('in the middle of a tool call, whose end is told as cancelled', async () => {
    const context = await openRun();
    await abortAt('tool_executing', context, '/tool wait {}');
    const events = await node.eventsOf(context);
    expect(outcomesOf(events)).toEqual(['cancelled']);
    expect(events.at(-1)?.type).toBe('tool_completed');
  });
});
