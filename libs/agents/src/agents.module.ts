import { Module, type OnModuleInit } from '@nestjs/common';
import { AgentRegistry, ExecutionModule } from '@bulkhead/execution';
import { McpCatalog, McpModule } from '@bulkhead/mcp';
import { TablesModule } from '@bulkhead/tables';
import { BuiltInToolsModule, WebToolsModule } from '@bulkhead/tools';
import { analystTeam } from './analyst/analyst.agents.ts';
import { assistant } from './assistant.agent.ts';
import { coordinator } from './coordinator.agent.ts';
import { mathematician } from './mathematician.agent.ts';

/** The agents that come with the server. */
@Module({ imports: [ExecutionModule, BuiltInToolsModule, WebToolsModule, TablesModule, McpModule] })
export class AgentsModule implements OnModuleInit {
  constructor(
    private readonly registry: AgentRegistry,
    private readonly externalTools: McpCatalog,
  ) {}

  onModuleInit(): void {
    for (const agent of [assistant, mathematician, coordinator, ...analystTeam]) {
      const tools = [...agent.tools, ...this.externalTools.toolNamesFor(agent.name)];
      this.registry.register({ ...agent, tools });
    }
  }
}
