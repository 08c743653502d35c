import { Test, type TestingModule } from '@nestjs/testing';
import { ToolRegistry } from '@bulkhead/tools';
import type { AgentDefinition } from './agent.contract.ts';
import { AgentRegistry } from './agent-registry.service.ts';
import { AgentRegistrationError, UnknownAgentError } from './execution.errors.ts';
import { aTool } from './testing/index.ts';

const agent = (name: string, ...tools: string[]): AgentDefinition => ({
  name,
  description: `The agent ${name}.`,
  instructions: 'Be brief.',
  tools,
});

describe('the registry of agents', () => {
  let app: TestingModule;
  let agents: AgentRegistry;
  beforeEach(async () => {
    app = await Test.createTestingModule({ providers: [AgentRegistry, ToolRegistry] }).compile();
    agents = app.get(AgentRegistry);
  });
  afterEach(() => app.close());

  it('gives an agent by its name, and lists all in order of registration', () => {
    const [writer, reader] = [agent('writer'), agent('reader')];
    agents.register(writer);
    agents.register(reader);
    expect(agents.get('reader')).toBe(reader);
    expect(agents.list()).toEqual([writer, reader]);
  });

  it('refuses a second agent of the same name, and keeps the first', () => {
    const first = agent('writer');
    agents.register(first);
    expect(() => agents.register(agent('writer'))).toThrow(AgentRegistrationError);
    expect(agents.get('writer')).toBe(first);
  });

  it.each(['nobody', '', 'WRITER', '__proto__', 'constructor'])('knows no agent named "%s"', (name) => {
    agents.register(agent('writer'));
    expect(() => agents.get(name)).toThrow(UnknownAgentError);
  });

  it('tells a caller who asks for an unknown agent what to do, without repeating the name', () => {
    const ask = () => agents.get('<script>');
    expect(ask).toThrow('List the agents and use one of their names.');
    expect(ask).not.toThrow('<script>');
  });

  it('lets the server start when every tool that an agent lists exists', async () => {
    app.get(ToolRegistry).register(aTool('pen', () => Promise.resolve('written')));
    agents.register(agent('writer', 'pen'));
    await expect(app.init()).resolves.toBeDefined();
  });

  it('keeps the server from starting when an agent lists a tool that does not exist', async () => {
    agents.register(agent('writer', 'pen'));
    await expect(app.init()).rejects.toThrow('Agent writer lists a tool that does not exist: pen.');
  });
});
