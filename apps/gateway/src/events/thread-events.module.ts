import { Module } from '@nestjs/common';
import { EventsModule } from '@bulkhead/events';
import { ExecutionModule } from '@bulkhead/execution';
import { UserContextModule } from '@bulkhead/user-context';
import { StreamingModule } from '../streaming/streaming.module.ts';
import { DeliveryController } from './delivery.controller.ts';
import { EventsController } from './events.controller.ts';

/** The events of threads and runs over REST, in pages and as a stream. */
@Module({
  imports: [EventsModule, ExecutionModule, UserContextModule, StreamingModule],
  controllers: [DeliveryController, EventsController],
})
export class ThreadEventsModule {}
