import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RunStateDto } from '../runs/run.dto.ts';

export class RunMetadataDto extends RunStateDto {
  @ApiProperty({ format: 'uuid' })
  readonly userId!: string;

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

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly startedAt?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly finishedAt?: string;
}

export class RunMetadataPageDto {
  @ApiProperty({ type: [RunMetadataDto] })
  readonly items!: readonly RunMetadataDto[];

  @ApiPropertyOptional()
  readonly nextCursor?: string;
}

export class RequeuedRunDto {
  @ApiProperty({ format: 'uuid', description: 'The new run.' })
  readonly runId!: string;
}
