import { Module } from '@nestjs/common';
import { EventsModule } from '@bulkhead/events';
import { PersistenceModule } from '@bulkhead/persistence';
import { TelemetryModule } from '@bulkhead/telemetry';
import { ToolsModule } from '@bulkhead/tools';
import { UserContextModule } from '@bulkhead/user-context';
import { AgentRegistryModule } from '../agents/agent-registry.module.ts';
import { ApprovalRequestsModule } from '../approvals/approval-requests.module.ts';
import { StepsModule } from '../steps/steps.module.ts';
import { RunUsageModule } from '../usage/run-usage.module.ts';
import { AgentObserver } from './agent-observer.service.ts';
import { AgentFactory } from './agent.factory.ts';
import { DelegateTool } from './delegate.tool.ts';
import { DelegationRegistry } from './delegation-registry.service.ts';
import { EngineMetrics } from './engine-metrics.service.ts';
import { ExecutionEngineFactory } from './execution-engine.factory.ts';
import { SubAgentRun } from './sub-agent-run.service.ts';
import { SubAgents } from './sub-agents.service.ts';

/** Drives an agent for one context: model calls, tool calls, sub-agents. */
@Module({
  imports: [
    EventsModule,
    PersistenceModule,
    TelemetryModule,
    ToolsModule,
    UserContextModule,
    AgentRegistryModule,
    ApprovalRequestsModule,
    StepsModule,
    RunUsageModule,
  ],
  providers: [
    AgentFactory,
    AgentObserver,
    DelegateTool,
    DelegationRegistry,
    EngineMetrics,
    ExecutionEngineFactory,
    SubAgentRun,
    SubAgents,
  ],
  exports: [EngineMetrics, ExecutionEngineFactory],
})
export class EngineModule {}
