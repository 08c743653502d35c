import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AUDIT_ACTIONS, type AuditEntry } from '@bulkhead/audit';
import { IsIn, IsOptional } from 'class-validator';
import { IsId } from '../validation/is-id.decorator.ts';
import { PageQuery } from '../validation/page.dto.ts';

/** What of the whole log is asked for. */
export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Only this user; the nil UUID for what nobody had signed in for.',
  })
  @IsOptional()
  @IsId()
  readonly userId?: string;

  @ApiPropertyOptional({ enum: AUDIT_ACTIONS, description: 'Only this action.' })
  @IsOptional()
  @IsIn(AUDIT_ACTIONS)
  readonly action?: string;
}

export class AuditEntryDto implements AuditEntry {
  @ApiProperty({ format: 'uuid', description: 'Whose chain it is in.' })
  readonly userId!: string;

  @ApiProperty({ description: 'Position in the chain: 1, 2, 3 … without holes.', example: 1 })
  readonly seq!: number;

  @ApiProperty({ format: 'uuid' })
  readonly auditId!: string;

  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ example: 'run.accepted', description: 'What happened.' })
  readonly action!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Who, from where: ids, address, route.',
  })
  readonly trail!: unknown;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What it was about. Secrets are left out.',
  })
  readonly details!: unknown;
}

export class AuditListDto {
  @ApiProperty({ type: [AuditEntryDto] })
  readonly items!: readonly AuditEntryDto[];
}

export class AuditPageDto extends AuditListDto {
  @ApiPropertyOptional({ description: 'For the next page; absent on the last one.' })
  readonly nextCursor?: string;
}
