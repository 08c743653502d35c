import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { USAGE_GROUPS, type Quotas, type UsageGroup } from '@bulkhead/execution';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { UsageFiguresDto, UsageQuery } from '../usage/usage.dto.ts';
import { IsId } from '../validation/is-id.decorator.ts';

export class AdminUsageQuery extends UsageQuery {
  @ApiPropertyOptional({ enum: USAGE_GROUPS, default: 'day' })
  @IsOptional()
  @IsIn(USAGE_GROUPS)
  readonly by: UsageGroup = 'day';

  @ApiPropertyOptional({ format: 'uuid', description: 'Only what this user used.' })
  @IsOptional()
  @IsId()
  readonly userId?: string;
}

export class UsageTotalDto extends UsageFiguresDto {
  @ApiProperty({ description: "The day, the user's id, the agent's name or the model: as `by` says." })
  readonly key!: string;
}

export class UsageTotalsDto {
  @ApiProperty({ type: [UsageTotalDto] })
  readonly items!: readonly UsageTotalDto[];
}

const Tokens = (): PropertyDecorator => (target, key) => {
  const shape = ApiPropertyOptional({ type: 'integer', nullable: true, minimum: 0 });
  for (const decorate of [shape, IsOptional(), IsInt(), Min(0), Max(Number.MAX_SAFE_INTEGER)])
    decorate(target, key);
};
const Cost = (): PropertyDecorator => (target, key) => {
  const message = `${String(key)} must be a decimal number such as "12.50"`;
  const shape = ApiPropertyOptional({ type: 'string', nullable: true, example: '12.50' });
  for (const decorate of [shape, IsOptional(), Matches(/^\d{1,9}(?:\.\d{1,9})?$/, { message })])
    decorate(target, key);
};

/** What is absent or null is as configured. */
export class QuotasDto implements Quotas {
  @Tokens()
  readonly tokensPerDay: number | null = null;

  @Tokens()
  readonly tokensPerMonth: number | null = null;

  @Cost()
  readonly costPerDay: string | null = null;

  @Cost()
  readonly costPerMonth: string | null = null;
}

export class QuotasOfUserDto {
  @ApiProperty({ type: QuotasDto, description: "The user's own; null: as configured." })
  readonly own!: QuotasDto;

  @ApiProperty({ type: QuotasDto, description: 'What holds; null: without end.' })
  readonly inForce!: QuotasDto;
}
