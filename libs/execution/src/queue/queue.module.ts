import { Module } from '@nestjs/common';
import { FlagsModule } from '@bulkhead/flags';
import { PersistenceModule } from '@bulkhead/persistence';
import { TelemetryModule } from '@bulkhead/telemetry';
import { QueueDepth } from './queue-depth.service.ts';
import { RunQueue } from './run-queue.service.ts';
import { RunTraces } from './run-traces.service.ts';

/** The durable queue, as those who fill it see it. */
@Module({
  imports: [FlagsModule, PersistenceModule, TelemetryModule],
  providers: [QueueDepth, RunQueue, RunTraces],
  exports: [QueueDepth, RunQueue, RunTraces],
})
export class QueueModule {}
