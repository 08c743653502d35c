import { Module } from '@nestjs/common';
import { ModelsModule } from '@bulkhead/models';
import { ToolsModule } from '@bulkhead/tools';
import { AgentRegistry } from './agent-registry.service.ts';

/** The agents that exist, with the models and tools they name. */
@Module({
  imports: [ModelsModule, ToolsModule],
  providers: [AgentRegistry],
  exports: [AgentRegistry],
})
export class AgentRegistryModule {}
