import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { EventsModule } from '@bulkhead/events';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { ApprovalRequests } from './approval-requests.service.ts';
import { ApprovalWakes } from './approval-wakes.service.ts';
import { Approvals } from './approvals.service.ts';

/** Questions to the owner about tool calls. */
@Module({
  imports: [AuditModule, EventsModule, PersistenceModule, UserContextModule],
  providers: [ApprovalRequests, ApprovalWakes, Approvals],
  exports: [ApprovalRequests, Approvals],
})
export class ApprovalRequestsModule {}
