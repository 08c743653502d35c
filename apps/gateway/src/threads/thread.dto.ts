import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { WHEN_BUSY, type WhenBusy } from '@bulkhead/events';
import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { IsId } from '../validation/is-id.decorator.ts';

/** Longest message, in characters. */
export const MAX_MESSAGE_LENGTH = 32_000;

export class ThreadPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly threadId!: string;
}

export class CreateThreadDto {
  @ApiPropertyOptional({ maxLength: 200 })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly title?: string;

  @ApiPropertyOptional({ enum: WHEN_BUSY, default: 'enqueue' })
  @IsOptional()
  @IsIn(WHEN_BUSY, { message: 'whenBusy must be enqueue, reject or interrupt' })
  readonly whenBusy?: WhenBusy;
}

export class ConfigureThreadDto {
  @ApiProperty({ enum: WHEN_BUSY })
  @IsIn(WHEN_BUSY, { message: 'whenBusy must be enqueue, reject or interrupt' })
  readonly whenBusy!: WhenBusy;
}

export class SendMessageDto {
  @ApiProperty({ maxLength: MAX_MESSAGE_LENGTH, example: 'What is 37 * 43?' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_MESSAGE_LENGTH)
  readonly content!: string;

  @ApiPropertyOptional({ default: 'assistant' })
  @IsOptional()
  @IsString()
  @Matches(/^[a-z][a-z0-9_]{0,63}$/, { message: 'agentName must be the name of an agent' })
  readonly agentName: string = 'assistant';

  @ApiPropertyOptional({
    enum: WHEN_BUSY,
    description:
      'What to do while a run of the thread is unfinished: wait for it, refuse the message (409), or cancel it. Absent: as the thread says.',
  })
  @IsOptional()
  @IsIn(WHEN_BUSY, { message: 'whenBusy must be enqueue, reject or interrupt' })
  readonly whenBusy?: WhenBusy;
}

export class ThreadDto {
  @ApiProperty({ format: 'uuid' })
  readonly threadId!: string;

  @ApiProperty()
  readonly title!: string;

  @ApiProperty({
    enum: WHEN_BUSY,
    description: 'What a message does while a run of the thread is unfinished.',
  })
  readonly whenBusy!: WhenBusy;

  @ApiProperty({ description: 'Sequence of the newest event.' })
  readonly lastSeq!: number;

  @ApiProperty({ description: 'Sequence of the oldest event that is stored.' })
  readonly oldestSeq!: number;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;
}

export class ThreadPageDto {
  @ApiProperty({ type: [ThreadDto] })
  readonly items!: readonly ThreadDto[];

  @ApiPropertyOptional()
  readonly nextCursor?: string;
}

export class AcceptedRunDto {
  @ApiProperty({ format: 'uuid' })
  readonly threadId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly runId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly messageId!: string;

  @ApiProperty({ description: "Sequence of the run's first event." })
  readonly seq!: number;
}

export class MessageDto {
  @ApiProperty({ format: 'uuid' })
  readonly messageId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly runId!: string;

  @ApiProperty({ enum: ['user', 'assistant'] })
  readonly role!: 'user' | 'assistant';

  @ApiProperty()
  readonly content!: string;

  @ApiProperty()
  readonly seq!: number;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;
}

export class MessagePageDto {
  @ApiProperty({ type: [MessageDto] })
  readonly items!: readonly MessageDto[];
}
