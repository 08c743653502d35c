import fc from 'fast-check';
import { costOf, fromNano, toNano } from './model-price.ts';

const prices = { 'openai:gpt-4o-mini': { input: '0.15', output: '0.6' } };
const usage = (inputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  isEstimated: false,
});

describe('the cost of a call', () => {
  it('is exact in billionths', () => {
    expect(costOf(prices, 'openai:gpt-4o-mini', usage(1_000_000, 1_000_000))).toBe(750_000_000n);
    expect(costOf(prices, 'openai:gpt-4o-mini', usage(1, 0))).toBe(150n);
  });

  it('is unknown for a model without a price, also for one that every object has', () => {
    expect(costOf(prices, 'openai:gpt-4o', usage(1, 1))).toBeUndefined();
    expect(costOf(prices, 'constructor', usage(1, 1))).toBeUndefined();
  });

  it('reads and writes decimals without losing anything', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), (nano) => {
        expect(toNano(fromNano(nano))).toBe(nano);
      }),
    );
  });

  it.each(['', '-1', '1e3', '.5', '1.', '0.1234567891', 'x'])('takes no price like "%s"', (text) => {
    expect(() => toNano(text)).toThrow(RangeError);
  });
});
