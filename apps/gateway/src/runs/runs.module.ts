import { Module } from '@nestjs/common';
import { ExecutionModule } from '@bulkhead/execution';
import { UserContextModule } from '@bulkhead/user-context';
import { RunsController } from './runs.controller.ts';

/** A user's runs over REST. */
@Module({
  imports: [ExecutionModule, UserContextModule],
  controllers: [RunsController],
})
export class RunsModule {}
