import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ProblemDetails } from '@bulkhead/errors';
import type { AnswerEnd } from '@bulkhead/events';
import type { RunState } from '@bulkhead/execution';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../validation/page.dto.ts';
import { answerEnd } from './answer-end.ts';
import { IsId } from '../validation/is-id.decorator.ts';

const states: readonly RunState[] = [
  'queued',
  'running',
  'waiting',
  'completed',
  'failed',
  'cancelled',
  'timed_out',
];

export class RunPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly runId!: string;
}

export class RunQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only runs of this thread.' })
  @IsOptional()
  @IsId()
  readonly threadId?: string;

  @ApiPropertyOptional({ description: 'Only runs in this state.' })
  @IsOptional()
  @IsIn(states)
  readonly state?: RunState;
}

export class RunStateDto {
  @ApiProperty({ format: 'uuid' })
  readonly runId!: string;

  @ApiProperty({ enum: states })
  readonly state!: RunState;
}

export class RunDto extends RunStateDto {
  @ApiProperty({ format: 'uuid' })
  readonly threadId!: string;

  @ApiProperty()
  readonly agentName!: string;

  @ApiProperty({ description: 'Model calls.' })
  readonly steps!: number;

  @ApiProperty()
  readonly toolCalls!: number;

  @ApiProperty()
  readonly inputTokens!: number;

  @ApiProperty()
  readonly outputTokens!: number;

  @ApiPropertyOptional({ example: '0.000123', description: 'In the currency of MODEL_PRICES.' })
  readonly cost?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Why it failed: problem details.',
  })
  readonly error?: ProblemDetails;

  @ApiPropertyOptional(answerEnd)
  readonly finishReason?: AnswerEnd;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly startedAt?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly finishedAt?: string;

  @ApiPropertyOptional({
    description: 'Milliseconds until it was started, or ended without; absent while it is queued.',
  })
  readonly queueMs?: number;

  @ApiPropertyOptional({
    description: 'Milliseconds from start to end, with what you took to decide; absent until the end.',
  })
  readonly runMs?: number;
}

export class RunPageDto {
  @ApiProperty({ type: [RunDto] })
  readonly items!: readonly RunDto[];

  @ApiPropertyOptional()
  readonly nextCursor?: string;
}
