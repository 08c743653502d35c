import { Module } from '@nestjs/common';
import { ExecutionModule } from '@bulkhead/execution';
import { UserContextModule } from '@bulkhead/user-context';
import { ActivityController } from './activity.controller.ts';
import { UsageController } from './usage.controller.ts';

/** A user's usage, quotas and activity over REST. */
@Module({
  imports: [ExecutionModule, UserContextModule],
  controllers: [ActivityController, UsageController],
})
export class UsageModule {}
