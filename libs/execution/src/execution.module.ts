import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { EventsModule } from '@bulkhead/events';
import { ModelsModule } from '@bulkhead/models';
import { PersistenceModule } from '@bulkhead/persistence';
import { ToolsModule } from '@bulkhead/tools';
import { UserContextModule } from '@bulkhead/user-context';
import { ActivityLedger } from './activity-ledger.service.ts';
import { AgentRegistry } from './agent-registry.service.ts';
import { AgentFactory } from './agent.factory.ts';
import { ExecutionEngineFactory } from './execution-engine.factory.ts';
import { RunAdmission } from './run-admission.ts';
import { RunCancellation } from './run-cancellation.service.ts';
import { RunControl } from './run-control.ts';
import { RunExecution } from './run-execution.ts';
import { RunHistory } from './run-history.ts';
import { RunLocator } from './run-locator.service.ts';
import { RunJournal } from './run-journal.ts';
import { RunQueue } from './run-queue.service.ts';

/** Needs `EXECUTION_OPTIONS` from the application's configuration. */
@Module({
  imports: [UserContextModule, PersistenceModule, AuditModule, EventsModule, ToolsModule, ModelsModule],
  providers: [
    ActivityLedger,
    AgentRegistry,
    AgentFactory,
    ExecutionEngineFactory,
    RunAdmission,
    RunCancellation,
    RunControl,
    RunExecution,
    RunHistory,
    RunJournal,
    RunLocator,
    RunQueue,
  ],
  exports: [
    ActivityLedger,
    AgentRegistry,
    RunAdmission,
    RunCancellation,
    RunControl,
    RunExecution,
    RunHistory,
    RunLocator,
    RunQueue,
  ],
})
export class ExecutionModule {}
