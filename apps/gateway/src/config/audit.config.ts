import { IsOptional, IsString, Matches, MinLength } from 'class-validator';

/** How the audit log is signed. */
export class AuditConfig {
  @IsOptional()
  @IsString()
  @MinLength(32, { message: 'AUDIT_KEY must have at least 32 characters' })
  readonly AUDIT_KEY?: string;

  @Matches(/^(?:[^,]{32,}(?:,(?!$)|$))*$/, {
    message: 'AUDIT_PREVIOUS_KEYS must be comma-separated keys of at least 32 characters',
  })
  readonly AUDIT_PREVIOUS_KEYS: string = '';
}
