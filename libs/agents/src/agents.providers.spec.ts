import { AgentRegistry } from '@bulkhead/execution';
import {
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '@bulkhead/execution/testing';
import {
  dialectNames,
  dialects,
  modelsAt,
  ProviderServer,
  type DialectName,
  type ProviderAct,
} from '@bulkhead/models/testing';
import { ToolRegistry } from '@bulkhead/tools';
import { AgentsModule } from './index.ts';

const base = 'http://provider.test/v1';
const servers = new Map<DialectName, { readonly server: ProviderServer; readonly url: string }>();
let asked: DialectName = 'openai';
let test: TestExecution;
let user: Awaited<ReturnType<TestExecution['signUp']>>;
/** One for each service: which one an agent is asked with is the server's configuration. */
const nodes = new Map<DialectName, TestNode>();

beforeAll(async () => {
  for (const name of dialectNames) {
    const server = new ProviderServer(name);
    servers.set(name, { server, url: await server.listen() });
  }
  const models = Object.assign({}, ...dialectNames.map((name) => modelsAt(name, base)), {
    patience: { retries: 0 },
    fetch: (url: string, init?: RequestInit) =>
      fetch(`${servers.get(asked)!.url}${url.slice(base.length)}`, init),
  });
  test = await openTestExecution({ modules: [AgentsModule], models });
  const agentNames = ['assistant', 'mathematician', 'coordinator', 'analyst'];
  const ofUsage = ['usage_triage', 'usage_data', 'usage_optimisation', 'usage_report'];
  for (const name of dialectNames) {
    const { provider, model } = dialects[name];
    const reference = `${provider}:${model}`;
    const agentModels = Object.fromEntries([...agentNames, ...ofUsage].map((agent) => [agent, reference]));
    // A call that needs approval is refused at once, as nobody gives it.
    nodes.set(name, await test.startNode({ agentModels, maxToolCalls: 100, approvalTimeoutMs: 20 }));
  }
  const [node] = nodes.values();
  const registry = node!.get(ToolRegistry);
  const agents = node!.get(AgentRegistry).list();
  const permissions = agents.flatMap(({ tools }) => tools.map((tool) => registry.find(tool)!.permission));
  user = await test.database.signUp({ permissions: [...permissions, 'agents:delegate'] });
});
afterAll(async () => {
  await test.close();
  for (const { server } of servers.values()) await server.close();
});

describe.each(dialectNames)('the agents that come with the server, with a model of %s', (name) => {
  it('are offered their tools, call each of them, and answer', async () => {
    asked = name;
    const node = nodes.get(name)!;
    const { server } = servers.get(name)!;
    for (const { name: agent, tools, delegates = [] } of node.get(AgentRegistry).list()) {
      const names = [...tools, ...(delegates.length > 0 ? ['delegate'] : [])];
      const toolCalls = names.map((tool) => ({ name: tool, arguments: {} }));
      const calls: ProviderAct = { does: 'answer', answer: { reasoning: 'All of them.', toolCalls } };
      const says: ProviderAct = { does: 'answer', answer: { texts: ['Done.'] } };
      server.will(...(names.length > 0 ? [calls] : []), says);
      const context = await test.openRun(user, 'Use all of your tools.');
      await node.execute(context, agent, new StoredSteps());
      const end = (await node.eventsOf(context)).at(-1);
      expect([agent, end]).toMatchObject([agent, { type: 'agent_completed', data: { text: 'Done.' } }]);
    }
    const bodies = server.refusals.map(({ body }) => JSON.stringify(body));
    expect(bodies.filter((body) => !body.includes('stream_options'))).toEqual([]);
  });
});
