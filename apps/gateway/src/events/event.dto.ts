import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ThreadEvent } from '@bulkhead/events';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

const MAX_PAGE = 200;

/** Which events of a thread or run. */
export class EventsQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: MAX_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = MAX_PAGE;

  @ApiPropertyOptional({
    minimum: 0,
    description: 'Only what has a greater sequence; absent: all that is stored.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly after?: number;
}

/** The envelope of every event; `data` depends on `type`. */
export class EventDto {
  @ApiProperty({ format: 'uuid' })
  readonly eventId!: string;

  @ApiProperty({ description: 'Position in the thread: 1, 2, 3 … without holes.' })
  readonly seq!: number;

  @ApiProperty({ example: 'message_delta' })
  readonly type!: string;

  @ApiProperty({ format: 'uuid' })
  readonly threadId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly runId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly requestId!: string;

  @ApiPropertyOptional({ format: 'uuid' })
  readonly parentRequestId?: string;

  @ApiProperty()
  readonly agentName!: string;

  @ApiProperty()
  readonly operationDepth!: number;

  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly data!: object;
}

export class EventPageDto {
  @ApiProperty({ type: [EventDto] })
  readonly items!: readonly ThreadEvent[];

  @ApiProperty({ description: 'Sequence of the oldest event of the thread that is stored.' })
  readonly oldestSeq!: number;

  @ApiProperty({ description: "Sequence of the thread's newest event when the page was asked for." })
  readonly latestSeq!: number;
}
