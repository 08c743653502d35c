import { Module } from '@nestjs/common';
import { UserContextModule } from '@bulkhead/user-context';
import { AdmissionModule } from '../admission/admission.module.ts';
import { ConversationModule } from '../conversation/conversation.module.ts';
import { EngineModule } from '../engine/engine.module.ts';
import { QueueModule } from '../queue/queue.module.ts';
import { RunRecordsModule } from '../runs/run-records.module.ts';
import { QueueWorker } from './queue-worker.service.ts';
import { RunCapacity } from './run-capacity.service.ts';
import { RunJobHandler } from './run-job.handler.ts';

/** Takes runs from the queue and brings each to its end. */
@Module({
  imports: [
    UserContextModule,
    AdmissionModule,
    ConversationModule,
    EngineModule,
    QueueModule,
    RunRecordsModule,
  ],
  providers: [QueueWorker, RunCapacity, RunJobHandler],
  exports: [QueueWorker, RunJobHandler],
})
export class QueueWorkerModule {}
