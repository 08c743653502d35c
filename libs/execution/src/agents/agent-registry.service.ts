import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModelRegistry, type LanguageModel } from '@bulkhead/models';
import { ToolRegistry } from '@bulkhead/tools';
import type { AgentDefinition } from './agent.contract.ts';
import { AgentRegistrationError, UnknownAgentError } from '../execution.errors.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';

/** Every agent of the server, by name. Feature modules register theirs when they start. */
@Injectable()
export class AgentRegistry implements OnApplicationBootstrap {
  readonly #agents = new Map<string, AgentDefinition>();

  constructor(
    readonly tools: ToolRegistry,
    private readonly models: ModelRegistry,
    @Inject(EXECUTION_OPTIONS)
    private readonly options: Pick<ExecutionOptions, 'agentModels' | 'summaryModel'>,
  ) {}

  /** @throws AgentRegistrationError when the name is taken */
  register(agent: AgentDefinition): void {
    if (this.#agents.has(agent.name)) throw new AgentRegistrationError(`Two agents are named ${agent.name}.`);
    this.#agents.set(agent.name, agent);
  }

  /** @throws UnknownAgentError */
  get(name: string): AgentDefinition {
    const agent = this.#agents.get(name);
    if (!agent) throw new UnknownAgentError();
    return agent;
  }

  /** The model that an agent thinks with. @throws ModelNotConfiguredError */
  modelOf({ name, model = 'default' }: AgentDefinition): LanguageModel {
    return this.models.resolve(this.options.agentModels?.[name] ?? model);
  }

  list(): readonly AgentDefinition[] {
    return [...this.#agents.values()];
  }

  /**
   * Once all modules have registered: what does not exist, or can't be reached, is found now and not in a user's run.
   * @throws AgentRegistrationError, ModelNotConfiguredError
   */
  onApplicationBootstrap(): void {
    const configured = Object.keys(this.options.agentModels ?? {});
    const unknown = configured.find((name) => !this.#agents.has(name));
    if (unknown !== undefined) {
      throw new AgentRegistrationError(`A model is configured for an agent that does not exist: ${unknown}.`);
    }
    for (const agent of this.#agents.values()) this.modelOf(agent);
    if (this.options.summaryModel !== undefined) this.models.resolve(this.options.summaryModel);
    for (const { name, tools, delegates = [] } of this.#agents.values()) {
      refuseMissing(name, 'a tool', tools, (tool) => this.tools.isKnown(tool));
      const granted = delegates.flatMap((grant) => grant.tools ?? []);
      refuseMissing(name, 'a tool', granted, (tool) => this.tools.isKnown(tool));
      const agents = delegates.map(({ agent }) => agent);
      refuseMissing(name, 'a delegate', agents, (agent) => this.#agents.has(agent));
    }
  }
}

function refuseMissing(
  agent: string,
  what: string,
  names: readonly string[],
  exists: (name: string) => boolean,
): void {
  const missing = names.find((name) => !exists(name));
  if (missing === undefined) return;
  throw new AgentRegistrationError(`Agent ${agent} lists ${what} that does not exist: ${missing}.`);
}
