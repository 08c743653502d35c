import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length, Matches, ValidateIf } from 'class-validator';

export class FlagPath {
  @ApiProperty({ example: 'run_queue_wake' })
  @Matches(/^[a-z][a-z_]{0,99}$/, { message: 'flagName must be lower-case letters and underscores' })
  readonly flagName!: string;
}

export class ChangeFlagDto {
  @ApiProperty({ type: 'string', nullable: true, example: 'poll', description: 'Null: back to the default.' })
  @ValidateIf((_, value) => value !== null)
  @IsString()
  @Length(1, 100)
  readonly value!: string | null;

  @ApiProperty({ minLength: 1, maxLength: 500, description: 'Kept with the change, for whoever asks why.' })
  @IsString()
  @Length(1, 500)
  readonly reason!: string;
}

export class LastFlagChangeDto {
  @ApiProperty({ format: 'uuid', description: 'The administrator.' })
  readonly changedBy!: string;

  @ApiProperty({ format: 'date-time' })
  readonly changedAt!: string;

  @ApiProperty()
  readonly reason!: string;
}

export class FlagDto {
  @ApiProperty({ example: 'run_queue_wake' })
  readonly name!: string;

  @ApiProperty()
  readonly description!: string;

  @ApiProperty({ type: [String], example: ['notify', 'poll'] })
  readonly values!: readonly string[];

  @ApiProperty({ description: 'What holds unless an administrator says otherwise.' })
  readonly default!: string;

  @ApiProperty({ description: 'What holds now.' })
  readonly value!: string;

  @ApiProperty({ format: 'date', description: 'Last day (UTC) of the choice; after it the default holds.' })
  readonly expires!: string;

  @ApiProperty()
  readonly isExpired!: boolean;

  @ApiPropertyOptional({ type: LastFlagChangeDto })
  readonly lastChange?: LastFlagChangeDto;
}

export class FlagListDto {
  @ApiProperty({ type: [FlagDto] })
  readonly items!: readonly FlagDto[];
}
