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

  /** Once all modules have registered: an agent with a tool or delegate that does not exist is a mistake in its module. */
  onApplicationBootstrap(): void {
    for (const { name, tools, delegates = [] } of this.#agents.values()) {
      refuseMissing(name, 'a tool', tools, (tool) => this.tools.find(tool) !== undefined);
      const granted = delegates.flatMap((grant) => grant.tools ?? []);
      refuseMissing(name, 'a tool', granted, (tool) => this.tools.find(tool) !== undefined);
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
