import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { PersistenceModule } from '@bulkhead/persistence';
import { FeatureFlags } from './feature-flags.service.ts';
import { FlagAdministration } from './flag-administration.service.ts';

/** Feature flags: typed, expiring, audited. */
@Module({
  imports: [PersistenceModule, AuditModule],
  providers: [FeatureFlags, FlagAdministration],
  exports: [FeatureFlags, FlagAdministration],
})
export class FlagsModule {}
