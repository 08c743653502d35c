import { Module } from '@nestjs/common';
import { AdmissionModule } from './admission/admission.module.ts';
import { AgentRegistryModule } from './agents/agent-registry.module.ts';
import { ApprovalRequestsModule } from './approvals/approval-requests.module.ts';
import { ConversationModule } from './conversation/conversation.module.ts';
import { EngineModule } from './engine/engine.module.ts';
import { QueueModule } from './queue/queue.module.ts';
import { RunRecordsModule } from './runs/run-records.module.ts';
import { StepsModule } from './steps/steps.module.ts';
import { RunUsageModule } from './usage/run-usage.module.ts';
import { QueueWorkerModule } from './worker/queue-worker.module.ts';

/** All of the execution of runs. Needs `EXECUTION_OPTIONS` from the application's configuration. */
@Module({
  imports: [
    AdmissionModule,
    AgentRegistryModule,
    ApprovalRequestsModule,
    ConversationModule,
    EngineModule,
    QueueModule,
    RunRecordsModule,
    StepsModule,
    RunUsageModule,
    QueueWorkerModule,
  ],
  exports: [
    AdmissionModule,
    AgentRegistryModule,
    ApprovalRequestsModule,
    ConversationModule,
    EngineModule,
    QueueModule,
    RunRecordsModule,
    StepsModule,
    RunUsageModule,
    QueueWorkerModule,
  ],
})
export class ExecutionModule {}
