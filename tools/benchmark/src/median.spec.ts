import { medianOf } from './median.ts';

describe('the median of rounds', () => {
  it('is taken of each figure by itself, in groups as well', () => {
    const rounds = [
      { a: 1, group: { p50: 30 } },
      { a: 3, group: { p50: 10 } },
      { a: 2, group: { p50: 20 } },
    ];
    expect(medianOf(rounds)).toEqual({ a: 2, group: { p50: 20 } });
  });

  it('of one round is that round', () => {
    expect(medianOf([{ a: 1, b: undefined }])).toEqual({ a: 1, b: NaN });
  });
});
