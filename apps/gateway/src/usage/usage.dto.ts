import { ApiProperty } from '@nestjs/swagger';
import type { QuotaName } from '@bulkhead/execution';
import { IsISO8601, Matches } from 'class-validator';

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const today = (): string => new Date().toISOString().slice(0, 10);

/** Days of UTC, both included. */
export class UsageQuery {
  @ApiProperty({
    required: false,
    format: 'date',
    example: '2026-01-01',
    description: 'First day; by default that of this month.',
  })
  @Matches(DAY, { message: 'from must be a day such as 2026-01-31' })
  @IsISO8601({ strict: true }, { message: 'from must be a day that there is' })
  readonly from: string = `${today().slice(0, 8)}01`;

  @ApiProperty({
    required: false,
    format: 'date',
    example: '2026-01-31',
    description: 'Last day; by default today.',
  })
  @Matches(DAY, { message: 'to must be a day such as 2026-01-31' })
  @IsISO8601({ strict: true }, { message: 'to must be a day that there is' })
  readonly to: string = today();
}

/** What model calls came to. */
export class UsageFiguresDto {
  @ApiProperty()
  readonly modelCalls!: number;

  @ApiProperty()
  readonly inputTokens!: number;

  @ApiProperty()
  readonly outputTokens!: number;

  @ApiProperty({ example: '0.000123', description: 'In the currency of MODEL_PRICES.' })
  readonly cost!: string;

  @ApiProperty({ description: 'Calls whose tokens were estimated, because the provider did not tell.' })
  readonly estimatedCalls!: number;

  @ApiProperty({ description: 'Calls that are not in the cost, because their model has no price.' })
  readonly unpricedCalls!: number;
}

export class UsageOfDayDto extends UsageFiguresDto {
  @ApiProperty({ format: 'date' })
  readonly day!: string;

  @ApiProperty()
  readonly agentName!: string;

  @ApiProperty({ example: 'openai:gpt-4o-mini' })
  readonly model!: string;

  @ApiProperty({ description: 'That the model asked for.' })
  readonly toolCalls!: number;
}

export class QuotaDto {
  @ApiProperty({ enum: ['tokens_per_day', 'tokens_per_month', 'cost_per_day', 'cost_per_month'] })
  readonly quota!: QuotaName;

  @ApiProperty({ example: '100000', description: 'Tokens, or an amount in the currency of MODEL_PRICES.' })
  readonly limit!: string;

  @ApiProperty({ example: '1234' })
  readonly used!: string;

  @ApiProperty({ format: 'date-time', description: 'When it begins anew.' })
  readonly resetsAt!: string;
}

export class QuotaListDto {
  @ApiProperty({ type: [QuotaDto] })
  readonly items!: readonly QuotaDto[];
}

export class UsageDto {
  @ApiProperty({ type: [UsageOfDayDto] })
  readonly items!: readonly UsageOfDayDto[];
}
