import { Module } from '@nestjs/common';
import { EventsModule } from '@bulkhead/events';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { QueueModule } from '../queue/queue.module.ts';
import { StepStore } from './step-store.service.ts';

/** The results of finished steps. */
@Module({
  imports: [EventsModule, PersistenceModule, UserContextModule, QueueModule],
  providers: [StepStore],
  exports: [StepStore],
})
export class StepsModule {}
