import { Module } from '@nestjs/common';
import { ExecutionModule } from '@bulkhead/execution';
import { AgentsController } from './agents.controller.ts';

/** The agents that a user can talk to. */
@Module({
  imports: [ExecutionModule],
  controllers: [AgentsController],
})
export class AgentListModule {}
