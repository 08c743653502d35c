import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { JsonValue } from '@bulkhead/user-context';
import { IsId } from '../validation/is-id.decorator.ts';

/** How far a thread has come to its owner's clients. */
export class ThreadDeliveryDto {
  @ApiProperty({ format: 'uuid' })
  readonly threadId!: string;

  @ApiProperty({ description: 'Sequence of the oldest event that is stored.' })
  readonly oldestSeq!: number;

  @ApiProperty({ description: "Sequence of the thread's newest event." })
  readonly latestSeq!: number;

  @ApiProperty({ description: 'Sent to a connection or stream up to here; written every few seconds.' })
  readonly deliveredSeq!: number;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly deliveredAt?: string;

  @ApiProperty({ description: 'Acknowledged up to here.' })
  readonly ackedSeq!: number;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly ackedAt?: string;

  @ApiProperty({ description: 'Events that are not acknowledged.' })
  readonly lagEvents!: number;

  @ApiProperty({ description: 'Age of the oldest of them, in milliseconds.' })
  readonly lagMs!: number;
}

export class ThreadDeliveriesDto {
  @ApiProperty({ type: [ThreadDeliveryDto] })
  readonly items!: readonly ThreadDeliveryDto[];
}

export class ToolResultPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly resultId!: string;
}

export class ToolResultDto {
  @ApiProperty({ format: 'uuid' })
  readonly resultId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly threadId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly runId!: string;

  @ApiProperty({ description: 'Sequence of the event that names it.' })
  readonly seq!: number;

  @ApiProperty({ description: 'Any JSON value.' })
  readonly content!: JsonValue;
}
