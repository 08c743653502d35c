import { Module } from '@nestjs/common';
import { EventsModule } from '@bulkhead/events';
import { ExecutionModule } from '@bulkhead/execution';
import { UserContextModule } from '@bulkhead/user-context';
import { ThreadsController } from './threads.controller.ts';

/** A user's threads and messages over REST. */
@Module({
  imports: [EventsModule, ExecutionModule, UserContextModule],
  controllers: [ThreadsController],
})
export class ThreadsModule {}
