import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ToolRegistry } from '@bulkhead/tools';
import type { AgentDefinition } from './agent.contract.ts';
import { AgentRegistrationError, UnknownAgentError } from './execution.errors.ts';

/** Every agent of the server, by name. Feature modules register theirs when they start. */
@Injectable()
export class AgentRegistry implements OnApplicationBootstrap {
  readonly #agents = new Map<string, AgentDefinition>();

  constructor(private readonly tools: ToolRegistry) {}

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

  list(): readonly AgentDefinition[] {
    return [...this.#agents.values()];
  }

  /** Once all modules have registered: an agent with a tool that does not exist is a mistake in its module. */
  onApplicationBootstrap(): void {
    for (const { name, tools } of this.#agents.values()) {
      const missing = tools.find((tool) => !this.tools.find(tool));
      if (missing)
        throw new AgentRegistrationError(`Agent ${name} lists a tool that does not exist: ${missing}.`);
    }
  }
}
