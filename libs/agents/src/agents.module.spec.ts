import { AgentRegistry, type AgentDefinition } from '@bulkhead/execution';
import {
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '@bulkhead/execution/testing';
import { ToolRegistry } from '@bulkhead/tools';
import { AgentsModule } from './index.ts';

let test: TestExecution;
let node: TestNode;
beforeAll(async () => {
  test = await openTestExecution({ modules: [AgentsModule] });
  node = await test.startNode();
});
afterAll(() => test.close());

const agents = (): readonly AgentDefinition[] => node.get(AgentRegistry).list();

/** Lets an agent answer a message of a new user. */
async function ask(agentName: string, message: string) {
  const context = await test.openRun(await test.signUp(), message);
  await node.execute(context, agentName, new StoredSteps());
  const events = await node.eventsOf(context);
  const end = events.at(-1);
  return {
    text: end?.type === 'agent_completed' ? end.data.text : undefined,
    calls: events.flatMap((event) =>
      event.type === 'tool_completed' ? [`${event.data.toolName} ${event.data.outcome}`] : [],
    ),
  };
}

describe('the agents that come with the server', () => {
  it('are these', () => {
    expect(agents().map(({ name }) => name)).toEqual([
      ...['assistant', 'mathematician', 'coordinator'],
      ...['analyst', 'usage_triage', 'usage_data', 'usage_optimisation', 'usage_report'],
    ]);
  });

  it('have names for machines, descriptions for people, and instructions', () => {
    for (const { name, description, instructions } of agents()) {
      expect(name).toMatch(/^[a-z][a-z0-9_]{0,63}$/);
      expect(description).toMatch(/^[A-Z].{10,}\.$/);
      expect(instructions.trim()).not.toBe('');
    }
  });

  it('list tools that exist, each once, and take whatever model is configured', () => {
    for (const { tools, model } of agents()) {
      expect(tools.filter((tool) => !node.get(ToolRegistry).find(tool))).toEqual([]);
      expect(new Set(tools).size).toBe(tools.length);
      expect(model).toBeUndefined();
    }
  });
});

describe('the assistant', () => {
  it.each([
    ['calculates', 'What is 37 * 43?', ['calculator succeeded'], '1591'],
    ['knows the time', 'What time is it in Europe/Berlin?', ['current_time succeeded'], 'Europe/Berlin'],
    ['keeps notes', 'Remember that the tea is green.', ['notes_add succeeded'], 'the tea is green'],
    ['lists them', 'What are my notes?', ['notes_list succeeded'], 'no notes of yours'],
    ['just answers', 'Hello!', [], 'You said'],
  ])('%s', async (_, message, calls, words) => {
    const answer = await ask('assistant', message);
    expect(answer).toEqual({ calls, text: expect.stringContaining(words) });
  });
});

describe('the mathematician', () => {
  it('calculates', async () => {
    expect(await ask('mathematician', 'What is 2^10 / 4?')).toEqual({
      calls: ['calculator succeeded'],
      text: expect.stringContaining('256'),
    });
  });

  it.each(['notes_add {"text":"x"}', 'notes_list {}', 'current_time {}', 'no_such_tool {}'])(
    'can not use a tool that it was not given, whatever its model asks for: %s',
    async (call) => {
      const { calls, text } = await ask('mathematician', `/tool ${call}`);
      expect(calls).toEqual([`${call.split(' ')[0]} refused`]);
      expect(text).toContain('not available here');
    },
  );
});
