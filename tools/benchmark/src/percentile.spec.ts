import { percentile } from './percentile.ts';

describe('percentile', () => {
  it.each([
    [[1], 50, 1],
    [[3, 1, 2], 50, 2],
    [[1, 2, 3, 4], 50, 2],
    [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 95, 10],
    [Array.from({ length: 100 }, (_, index) => index + 1), 95, 95],
    [[1, 2], 0, 1],
    [[1, 2], 100, 2],
    [[], 50, NaN],
  ])('of %j at %d is %d', (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });
});
