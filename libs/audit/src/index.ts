export { AUDIT_ACTIONS, type AuditAction } from './audit-action.ts';
export { AuditLog } from './audit-log.service.ts';
export { SYSTEM_CHAIN } from './audit-record.ts';
export { AUDIT_OPTIONS, type AuditOptions } from './audit.options.ts';
export { AuditModule, AuditSealingModule } from './audit.module.ts';
export { redact, redactText } from './redaction.ts';
