import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ThreadEvent } from '@bulkhead/events';

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
}
