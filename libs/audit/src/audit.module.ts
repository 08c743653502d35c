import { Module } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { AuditKeys } from './audit-keys.service.ts';
import { AuditLog } from './audit-log.service.ts';
import { AuditReader } from './audit-reader.service.ts';
import { AuditSealer } from './audit-sealer.service.ts';
import { AuditVerifier } from './audit-verifier.service.ts';
import { RefusalLog } from './refusal-log.service.ts';

const services = [AuditKeys, AuditLog, AuditReader, AuditVerifier, RefusalLog];

/** Writing to the log. Takes `AUDIT_OPTIONS` from the application's configuration, if it has them. */
@Module({
  imports: [PersistenceModule],
  providers: services,
  exports: services,
})
export class AuditModule {}

/** Sealing it, once per process: for the server itself. */
@Module({ imports: [AuditModule, PersistenceModule], providers: [AuditSealer], exports: [AuditSealer] })
export class AuditSealingModule {}
