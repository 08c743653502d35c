import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { DecideApprovalDto } from '../approvals/approval.dto.ts';
import { SendMessageDto } from '../threads/thread.dto.ts';
import { IsId } from '../validation/is-id.decorator.ts';

/** `thread_subscribe`: without a thread id, a new thread is allocated. */
export class ThreadSubscribeDto {
  @IsOptional()
  @IsId()
  readonly threadId?: string;

  /** Replays what has a greater sequence, then goes live. Absent: live from now on. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly afterSeq?: number;
}

export class ThreadUnsubscribeDto {
  @IsId()
  readonly threadId!: string;
}

export class MessageSendDto extends SendMessageDto {
  @IsId()
  readonly threadId!: string;

  /** Your own name for this message: sent again within 24 hours it has no second effect, and the same answer. */
  @ApiPropertyOptional({ pattern: '^[!-~]{1,200}$', example: '8e03978e-40d5-43dd-bc93-6894a57f9324' })
  @IsOptional()
  @IsString()
  @Matches(/^[!-~]{1,200}$/, { message: 'idempotencyKey must be 1 to 200 visible ASCII characters' })
  readonly idempotencyKey?: string;
}

export class RunCancelDto {
  @IsId()
  readonly runId!: string;
}

export class ApprovalDecideDto extends DecideApprovalDto {
  @IsId()
  readonly approvalId!: string;
}

/** Cumulative: everything up to `seq` has arrived. */
export class EventAckDto {
  @IsId()
  readonly threadId!: string;

  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly seq!: number;
}
