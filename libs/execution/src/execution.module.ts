import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { EventsModule } from '@bulkhead/events';
import { FlagsModule } from '@bulkhead/flags';
import { ModelsModule } from '@bulkhead/models';
import { PersistenceModule } from '@bulkhead/persistence';
import { TelemetryModule } from '@bulkhead/telemetry';
import { ToolsModule } from '@bulkhead/tools';
import { UserContextModule } from '@bulkhead/user-context';
import { AdmissionGate } from './admission-gate.ts';
import { AdmissionTurns } from './admission-turns.service.ts';
import { ActivityLedger } from './activity-ledger.service.ts';
import { AgentRegistry } from './agent-registry.service.ts';
import { AgentFactory } from './agent.factory.ts';
import { AgentObserver } from './agent-observer.service.ts';
import { ApprovalRequests } from './approval-requests.ts';
import { ApprovalWakes } from './approval-wakes.service.ts';
import { Approvals } from './approvals.ts';
import { DelegateTool } from './delegate.tool.ts';
import { DelegatedWork } from './delegated-work.ts';
import { EngineCensus } from './engine-census.service.ts';
import { ExecutionEngineFactory } from './execution-engine.factory.ts';
import { KeptSteps } from './kept-steps.ts';
import { MemoryGate } from './memory-gate.service.ts';
import { QueueDepth } from './queue-depth.service.ts';
import { RunAdmission } from './run-admission.ts';
import { RunCancellation } from './run-cancellation.service.ts';
import { RunControl } from './run-control.ts';
import { RunConversation } from './run-conversation.ts';
import { RunExecution } from './run-execution.ts';
import { RunHistory } from './run-history.ts';
import { RunLocator } from './run-locator.service.ts';
import { RunOverview } from './run-overview.service.ts';
import { RunJournal } from './run-journal.ts';
import { RunQueue } from './run-queue.service.ts';
import { RunRequeue } from './run-requeue.ts';
import { RunRoom } from './run-room.service.ts';
import { RunTraces } from './run-traces.service.ts';
import { RunTotals } from './run-totals.ts';
import { SubAgents } from './sub-agents.service.ts';
import { UsageLedger } from './usage-ledger.ts';
import { UsageOverview } from './usage-overview.service.ts';
import { UserQuota } from './user-quota.ts';
import { QuotaAdministration } from './quota-administration.service.ts';
import { UsageReport } from './usage-report.ts';
import { Teams } from './teams.service.ts';
import { ThreadSummaries } from './thread-summaries.ts';
import { ThreadTurns } from './thread-turns.ts';

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
    ActivityLedger,
    AdmissionGate,
    AgentRegistry,
    AgentFactory,
    AgentObserver,
    ApprovalRequests,
    ApprovalWakes,
    Approvals,
    DelegateTool,
    DelegatedWork,
    EngineCensus,
    ExecutionEngineFactory,
    KeptSteps,
    AdmissionTurns,
    MemoryGate,
    QueueDepth,
    QuotaAdministration,
    RunAdmission,
    RunCancellation,
    RunControl,
    RunConversation,
    RunExecution,
    RunHistory,
    RunJournal,
    RunLocator,
    RunOverview,
    RunQueue,
    RunRequeue,
    RunRoom,
    RunTraces,
    RunTotals,
    SubAgents,
    Teams,
    ThreadSummaries,
    ThreadTurns,
    UsageLedger,
    UsageOverview,
    UsageReport,
    UserQuota,
  ],
  exports: [
    EngineCensus,
    QuotaAdministration,
    UsageOverview,
    UserQuota,
    UsageReport,
    Approvals,
    ActivityLedger,
    AgentRegistry,
    MemoryGate,
    QueueDepth,
    RunAdmission,
    RunCancellation,
    RunControl,
    RunExecution,
    RunHistory,
    RunLocator,
    RunOverview,
    RunQueue,
    RunRequeue,
    RunTraces,
    RunTotals,
  ],
})
export class ExecutionModule {}
