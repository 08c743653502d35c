import { Module } from '@nestjs/common';
import { AuthModule } from '@bulkhead/auth';
import { EventsModule } from '@bulkhead/events';
import { ExecutionModule } from '@bulkhead/execution';
import { UserContextModule } from '@bulkhead/user-context';
import { ObservabilityModule } from '../observability/observability.module.ts';
import { RunWorker } from './run.worker.ts';

/** Executes queued runs on this node. */
@Module({
  imports: [AuthModule, EventsModule, ExecutionModule, UserContextModule, ObservabilityModule],
  providers: [RunWorker],
})
export class WorkerModule {}
