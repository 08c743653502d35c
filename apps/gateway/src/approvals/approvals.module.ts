import { Module } from '@nestjs/common';
import { ExecutionModule } from '@bulkhead/execution';
import { UserContextModule } from '@bulkhead/user-context';
import { ApprovalsController } from './approvals.controller.ts';

/** Questions about tool calls, and their answers, over REST. */
@Module({
  imports: [ExecutionModule, UserContextModule],
  controllers: [ApprovalsController],
})
export class ApprovalsModule {}
