import type { CallUsage } from '@bulkhead/models';

/** What a model costs, as decimal numbers per million tokens, e.g. `"0.15"`. */
export interface ModelPrice {
  readonly input: string;
  readonly output: string;
}

/** By the model's reference, e.g. `openai:gpt-4o-mini`. The currency is whatever the operator means. */
export type PriceTable = Readonly<Record<string, ModelPrice>>;

const DECIMALS = 9;
const MILLION = 1_000_000n;

/**
 * The cost of a call in billionths of the currency, rounded half up. Whole numbers all the way: nothing drifts,
 * however many calls are added up.
 * @returns undefined for a model without a price
 */
export function costOf(prices: PriceTable, model: string, usage: CallUsage): bigint | undefined {
  const price = Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (!price) return undefined;
  const { inputTokens, outputTokens } = usage;
  const total = BigInt(inputTokens) * toNano(price.input) + BigInt(outputTokens) * toNano(price.output);
  return (total + MILLION / 2n) / MILLION;
}

/** @throws RangeError for what is no decimal number with at most nine places */
export function toNano(decimal: string): bigint {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(decimal) ?? [];
  if (whole === undefined) throw new RangeError(`A price must look like 0.15, not ${decimal}.`);
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

/** Billionths as a decimal number without trailing zeros, e.g. `"0.000123"`. */
export function fromNano(nano: bigint): string {
  const digits = nano.toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return digits.slice(0, -DECIMALS) + (fraction && `.${fraction}`);
}
