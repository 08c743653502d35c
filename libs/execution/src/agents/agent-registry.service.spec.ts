import { Test, type TestingModule } from '@nestjs/testing';
import { MODELS_OPTIONS, ModelRegistry } from '@bulkhead/models';
import { ToolRegistry } from '@bulkhead/tools';
import type { AgentDefinition } from './agent.contract.ts';
import { AgentRegistry } from './agent-registry.service.ts';
import { AgentRegistrationError, UnknownAgentError } from '../execution.errors.ts';
import { EXECUTION_OPTIONS } from '../execution.options.ts';
import { aTool } from '../testing/index.ts';

const agent = (name: string, ...tools: string[]): AgentDefinition => ({
  name,
  description: `The agent ${name}.`,
  instructions: 'Be brief.',
  tools,
});

describe('the registry of agents', () => {
  let app: TestingModule;
  let agents: AgentRegistry;
  const options: { agentModels: Record<string, string> } = { agentModels: {} };
  beforeEach(async () => {
    options.agentModels = {};
    app = await Test.createTestingModule({
      providers: [
        AgentRegistry,
        ToolRegistry,
        ModelRegistry,
        { provide: MODELS_OPTIONS, useValue: { defaultModel: 'offline' } },
        { provide: EXECUTION_OPTIONS, useValue: options },
      ],
    }).compile();
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

  it('gives an agent the configured model before the one that it names itself', () => {
    options.agentModels = { writer: 'offline' };
    const writer = { ...agent('writer'), model: 'openai:gpt-4o' };
    expect(agents.modelOf(writer).modelId).toBe('offline');
    expect(() => agents.modelOf({ ...writer, name: 'reader' })).toThrow('openai.apiKey');
  });

  it('keeps the server from starting when the key of an agent’s model is missing', async () => {
    agents.register({ ...agent('writer'), model: 'anthropic:claude-sonnet-4-5' });
    await expect(app.init()).rejects.toThrow('`anthropic.apiKey` must be set');
  });

  it('keeps the server from starting when a model is configured for no agent', async () => {
    options.agentModels = { nobody: 'offline' };
    await expect(app.init()).rejects.toThrow('an agent that does not exist: nobody');
  });

  it('keeps the server from starting when an agent lists a delegate that does not exist', async () => {
    agents.register({ ...agent('writer'), delegates: [{ agent: 'nobody' }] });
    await expect(app.init()).rejects.toThrow('Agent writer lists a delegate that does not exist: nobody.');
  });
});
