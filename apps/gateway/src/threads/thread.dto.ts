import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { WHEN_BUSY, type AnswerEnd, type WhenBusy } from '@bulkhead/events';
import {
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { answerEnd } from '../runs/answer-end.ts';
import { PageQuery } from '../validation/page.dto.ts';
import { IsId } from '../validation/is-id.decorator.ts';

/** Longest message, in characters. */
export const MAX_MESSAGE_LENGTH = 32_000;

/** Limits of what a thread can ask to be kept: as of the server's settings. */
const MAX_KEPT_EVENTS = 1_000_000_000;
const MAX_KEPT_DAYS = 36_500;

export class ThreadPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly threadId!: string;
}

export class ThreadQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only threads whose title contains this, capitals or not.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  readonly q?: string;
}

/** What the owner decides about a thread; null gives a limit up, so that the server's counts alone. */
export class ConfigureThreadDto {
  @ApiPropertyOptional({ maxLength: 200 })
  @ValidateIf(({ title }: ConfigureThreadDto) => title !== undefined)
  @IsString()
  @MaxLength(200)
  readonly title?: string;

  @ApiPropertyOptional({ enum: WHEN_BUSY, default: 'enqueue' })
  @ValidateIf(({ whenBusy }: ConfigureThreadDto) => whenBusy !== undefined)
  @IsIn(WHEN_BUSY, { message: 'whenBusy must be enqueue, reject or interrupt' })
  readonly whenBusy?: WhenBusy;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: MAX_KEPT_EVENTS,
    description: 'How many of the newest events are kept, if the server keeps that many.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_KEPT_EVENTS)
  readonly keepEvents?: number | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: MAX_KEPT_DAYS,
    description: 'For how many days events are kept, if the server keeps them so long.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_KEPT_DAYS)
  readonly keepEventDays?: number | null;
}

export class CreateThreadDto extends ConfigureThreadDto {}

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

  @ApiPropertyOptional({ description: 'How many of the newest events are kept, by a limit of its own.' })
  readonly keepEvents?: number;

  @ApiPropertyOptional({ description: 'For how many days events are kept, by a limit of its own.' })
  readonly keepEventDays?: number;

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

  @ApiPropertyOptional(answerEnd)
  readonly finishReason?: AnswerEnd;

  @ApiProperty()
  readonly seq!: number;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;
}

export class MessagePageDto {
  @ApiProperty({ type: [MessageDto] })
  readonly items!: readonly MessageDto[];
}
