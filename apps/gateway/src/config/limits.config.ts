import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { IsIntBetween } from './is-int-between.decorator.ts';

/** Tokens, or absent. */
const Tokens = (): PropertyDecorator => (target, key) => {
  for (const decorate of [IsOptional(), Type(() => Number), IsInt(), Min(0), Max(Number.MAX_SAFE_INTEGER)])
    decorate(target, key);
};
/** A decimal number, or absent. */
const Cost = (): PropertyDecorator => (target, key) => {
  const message = `${String(key)} must be a decimal number such as 12.50`;
  for (const decorate of [IsOptional(), Matches(/^\d{1,9}(?:\.\d{1,9})?$/, { message })])
    decorate(target, key);
};

/** How much one user, or one address before anybody has signed in, may ask for; and whose word on addresses counts. */
export class LimitsConfig {
  @IsIntBetween(1, 1_000_000)
  readonly REQUESTS_PER_MINUTE_PER_USER: number = 12_000;

  @IsIntBetween(1, 1_000_000)
  readonly REQUESTS_PER_MINUTE_PER_ADDRESS: number = 12_000;

  @IsIntBetween(1, 1_000_000)
  readonly FRAMES_PER_MINUTE_PER_USER: number = 12_000;

  @Tokens()
  readonly QUOTA_TOKENS_PER_DAY?: number;

  @Tokens()
  readonly QUOTA_TOKENS_PER_MONTH?: number;

  @Cost()
  readonly QUOTA_COST_PER_DAY?: string;

  @Cost()
  readonly QUOTA_COST_PER_MONTH?: string;

  @Matches(/^(?:[\da-fA-F.:]+(?:\/\d{1,3})?(?:,(?!$)|$))*$/, {
    message: 'TRUST_PROXY must be comma-separated addresses or networks of proxies, such as 10.0.0.0/8',
  })
  readonly TRUST_PROXY: string = '';
}
