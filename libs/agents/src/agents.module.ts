import { Module, type OnModuleInit } from '@nestjs/common';
import { AgentRegistry, ExecutionModule } from '@bulkhead/execution';
import { BuiltInToolsModule } from '@bulkhead/tools';
import { assistant } from './assistant.agent.ts';
import { coordinator } from './coordinator.agent.ts';
import { mathematician } from './mathematician.agent.ts';

/** The agents that come with the server. */
@Module({ imports: [ExecutionModule, BuiltInToolsModule] })
export class AgentsModule implements OnModuleInit {
  constructor(private readonly registry: AgentRegistry) {}

  onModuleInit(): void {
    this.registry.register(assistant);
    this.registry.register(mathematician);
    this.registry.register(coordinator);
  }
}
