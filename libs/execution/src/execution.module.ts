import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { EventsModule } from '@bulkhead/events';
import { FlagsModule } from '@bulkhead/flags';
import { ModelsModule } from '@bulkhead/models';
import { PersistenceModule } from '@bulkhead/persistence';
import { TelemetryModule } from '@bulkhead/telemetry';
import { ToolsModule } from '@bulkhead/tools';
import { UserContextModule } from '@bulkhead/user-context';
import { AdmissionGate } from './admission/admission-gate.service.ts';
import { AdmissionQueue } from './admission/admission-queue.service.ts';
import { ActiveRuns } from './runs/active-runs.service.ts';
import { AgentRegistry } from './agents/agent-registry.service.ts';
import { AgentFactory } from './engine/agent.factory.ts';
import { AgentObserver } from './engine/agent-observer.service.ts';
import { ApprovalRequests } from './approvals/approval-requests.service.ts';
import { ApprovalWakes } from './approvals/approval-wakes.service.ts';
import { Approvals } from './approvals/approvals.service.ts';
import { DelegateTool } from './engine/delegate.tool.ts';
import { SubAgentRun } from './engine/sub-agent-run.service.ts';
import { EngineMetrics } from './engine/engine-metrics.service.ts';
import { ExecutionEngineFactory } from './engine/execution-engine.factory.ts';
import { StepStore } from './steps/step-store.service.ts';
import { MemoryGuard } from './admission/memory-guard.service.ts';
import { QueueDepth } from './queue/queue-depth.service.ts';
import { RunAdmission } from './admission/run-admission.service.ts';
import { RunCancellation } from './runs/run-cancellation.service.ts';
import { RunControl } from './runs/run-control.service.ts';
import { RunConversation } from './conversation/run-conversation.service.ts';
import { RunJobHandler } from './worker/run-job.handler.ts';
import { RunHistory } from './runs/run-history.service.ts';
import { RunLookup } from './runs/run-lookup.service.ts';
import { AdminRuns } from './runs/admin-runs.service.ts';
import { RunStore } from './runs/run-store.service.ts';
import { RunQueue } from './queue/run-queue.service.ts';
import { RunRequeue } from './admission/run-requeue.service.ts';
import { RunCapacity } from './worker/run-capacity.service.ts';
import { RunTraces } from './queue/run-traces.service.ts';
import { RunTotals } from './runs/run-totals.service.ts';
import { SubAgents } from './engine/sub-agents.service.ts';
import { UsageRecorder } from './usage/usage-recorder.service.ts';
import { UsageOverview } from './usage/usage-overview.service.ts';
import { UserQuota } from './usage/user-quota.service.ts';
import { QuotaAdministration } from './usage/quota-administration.service.ts';
import { UsageReport } from './usage/usage-report.service.ts';
import { DelegationRegistry } from './engine/delegation-registry.service.ts';
import { ThreadSummaries } from './conversation/thread-summaries.service.ts';
import { ThreadTurns } from './conversation/thread-turns.service.ts';

/** Needs `EXECUTION_OPTIONS` from the application's configuration. */
@Module({
  imports: [
    TelemetryModule,
    UserContextModule,
    PersistenceModule,
    AuditModule,
    FlagsModule,
    EventsModule,
    ToolsModule,
    ModelsModule,
  ],
  providers: [
    ActiveRuns,
    AdmissionGate,
    AgentRegistry,
    AgentFactory,
    AgentObserver,
    ApprovalRequests,
    ApprovalWakes,
    Approvals,
    DelegateTool,
    SubAgentRun,
    EngineMetrics,
    ExecutionEngineFactory,
    StepStore,
    AdmissionQueue,
    MemoryGuard,
    QueueDepth,
    QuotaAdministration,
    RunAdmission,
    RunCancellation,
    RunControl,
    RunConversation,
    RunJobHandler,
    RunHistory,
    RunStore,
    RunLookup,
    AdminRuns,
    RunQueue,
    RunRequeue,
    RunCapacity,
    RunTraces,
    RunTotals,
    SubAgents,
    DelegationRegistry,
    ThreadSummaries,
    ThreadTurns,
    UsageRecorder,
    UsageOverview,
    UsageReport,
    UserQuota,
  ],
  exports: [
    EngineMetrics,
    QuotaAdministration,
    UsageOverview,
    UserQuota,
    UsageReport,
    Approvals,
    ActiveRuns,
    AgentRegistry,
    MemoryGuard,
    QueueDepth,
    RunAdmission,
    RunCancellation,
    RunControl,
    RunJobHandler,
    RunHistory,
    RunLookup,
    AdminRuns,
    RunQueue,
    RunRequeue,
    RunTraces,
    RunTotals,
  ],
})
export class ExecutionModule {}
