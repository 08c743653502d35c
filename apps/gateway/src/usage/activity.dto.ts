import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** How many runs are, or were, in which state. */
export class RunsByStateDto {
  @ApiPropertyOptional()
  readonly queued?: number;

  @ApiPropertyOptional()
  readonly running?: number;

  @ApiPropertyOptional()
  readonly waiting?: number;

  @ApiPropertyOptional()
  readonly completed?: number;

  @ApiPropertyOptional()
  readonly failed?: number;

  @ApiPropertyOptional()
  readonly cancelled?: number;

  @ApiPropertyOptional()
  readonly timed_out?: number;
}

/** Half of all runs took as long or less, and all but a twentieth. */
export class DurationsDto {
  @ApiProperty({ description: 'Milliseconds.' })
  readonly p50!: number;

  @ApiProperty({ description: 'Milliseconds.' })
  readonly p95!: number;
}

export class ActivityDto {
  @ApiProperty({ type: RunsByStateDto, description: 'Unfinished runs now, whenever they were accepted.' })
  readonly active!: RunsByStateDto;

  @ApiProperty({ type: RunsByStateDto, description: 'Runs that were accepted on these days.' })
  readonly runs!: RunsByStateDto;

  @ApiPropertyOptional({ type: DurationsDto, description: 'From acceptance to start.' })
  readonly queueMs?: DurationsDto;

  @ApiPropertyOptional({
    type: DurationsDto,
    description: 'From start to end, with what you took to decide.',
  })
  readonly runMs?: DurationsDto;

  @ApiProperty({ description: 'Model calls of runs that have ended.' })
  readonly steps!: number;

  @ApiProperty()
  readonly toolCalls!: number;

  @ApiProperty()
  readonly inputTokens!: number;

  @ApiProperty()
  readonly outputTokens!: number;
}
