import { Module } from '@nestjs/common';
import { AccountModule } from './account/account.module.ts';
import { AdminModule } from './admin/admin.module.ts';
import { AgentListModule } from './agents/agents.module.ts';
import { ApiDocsModule } from './api-docs/api-docs.module.ts';
import { ApprovalsModule } from './approvals/approvals.module.ts';
import { AuditTrailModule } from './audit/audit.module.ts';
import { ThreadEventsModule } from './events/thread-events.module.ts';
import { RealtimeModule } from './realtime/realtime.module.ts';
import { RunsModule } from './runs/runs.module.ts';
import { TableUploadModule } from './tables/tables.module.ts';
import { ThreadsModule } from './threads/threads.module.ts';
import { UsageModule } from './usage/usage.module.ts';

/** Everything that serves clients. A worker does not import it, and so has none of it. */
@Module({
  imports: [
    AccountModule,
    AdminModule,
    AgentListModule,
    ApiDocsModule,
    ApprovalsModule,
    AuditTrailModule,
    RealtimeModule,
    RunsModule,
    TableUploadModule,
    ThreadEventsModule,
    ThreadsModule,
    UsageModule,
  ],
})
export class ClientsModule {}
