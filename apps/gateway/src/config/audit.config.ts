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

  @IsOptional()
  @Matches(/^\d{1,15}-[0-9a-f]{16}$/, {
    message:
      'AUDIT_ACCEPT_RESTORED must be what the server said when it did not start, such as 5588-0123456789abcdef',
  })
  readonly AUDIT_ACCEPT_RESTORED?: string;
}
