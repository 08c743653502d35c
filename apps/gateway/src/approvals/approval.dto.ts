import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Approval, ApprovalDecision, ApprovalState } from '@bulkhead/execution';
import { IsIn, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { IsId } from '../validation/is-id.decorator.ts';

const states: ApprovalState[] = ['pending', 'approved', 'refused', 'expired', 'cancelled'];

export class ApprovalPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly approvalId!: string;
}

export class DecideApprovalDto {
  @ApiProperty({ enum: ['approve', 'refuse'] })
  @IsIn(['approve', 'refuse'])
  readonly decision!: 'approve' | 'refuse';

  @ApiPropertyOptional({ description: 'Required to approve: that of the arguments that you have seen.' })
  @ValidateIf(
    ({ decision, argumentsHash }: DecideApprovalDto) => decision === 'approve' || argumentsHash !== undefined,
  )
  @Matches(/^[0-9a-f]{64}$/, { message: 'argumentsHash must be that of the approval, 64 hexadecimal digits' })
  readonly argumentsHash?: string;

  @ApiPropertyOptional({ description: 'For the agent, when you refuse.', maxLength: 1000 })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  readonly reason?: string;
}

export class ApprovalDto {
  @ApiProperty({ format: 'uuid' })
  readonly approvalId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly threadId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly runId!: string;

  @ApiProperty()
  readonly agentName!: string;

  @ApiProperty()
  readonly toolCallId!: string;

  @ApiProperty()
  readonly toolName!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Exactly those of the call.' })
  readonly arguments!: Approval['arguments'];

  @ApiProperty({ description: 'What an approval is bound to.' })
  readonly argumentsHash!: string;

  @ApiProperty({ enum: states })
  readonly state!: ApprovalState;

  @ApiPropertyOptional()
  readonly reason?: string;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  readonly expiresAt!: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly resolvedAt?: string;
}

export class ApprovalListDto {
  @ApiProperty({ type: [ApprovalDto] })
  readonly items!: readonly ApprovalDto[];
}

export const toDecision = ({ decision, argumentsHash = '', reason }: DecideApprovalDto): ApprovalDecision =>
  decision === 'approve'
    ? { decision, argumentsHash }
    : { decision, ...(reason !== undefined && { reason }) };
