import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { AdminAuditController } from './admin-audit.controller.ts';
import { AuditController } from './audit.controller.ts';

/** The audit log over REST, for its users and for administrators. */
@Module({
  imports: [AuditModule],
  controllers: [AdminAuditController, AuditController],
})
export class AuditTrailModule {}
