import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { QuotaAdministration } from './quota-administration.service.ts';
import { UsageOverview } from './usage-overview.service.ts';
import { UsageRecorder } from './usage-recorder.service.ts';
import { UsageReport } from './usage-report.service.ts';
import { UserQuota } from './user-quota.service.ts';

/** Tokens and costs: recorded, reported, limited by quotas. */
@Module({
  imports: [AuditModule, PersistenceModule, UserContextModule],
  providers: [QuotaAdministration, UsageOverview, UsageRecorder, UsageReport, UserQuota],
  exports: [QuotaAdministration, UsageOverview, UsageRecorder, UsageReport, UserQuota],
})
export class RunUsageModule {}
