import { slopeOf } from './slope.ts';

/** Noise that is the same every time, and like that of a heap: each sample is near the one before. */
function noisy(count: number, growth: number): [number, number][] {
  let [seed, drift] = [7, 0];
  return Array.from({ length: count }, (_, at) => {
    seed = (seed * 16_807) % 2_147_483_647;
    drift = 0.6 * drift + (seed / 2_147_483_647 - 0.5);
    return [at, 90 + drift + growth * at];
  });
}

describe('the slope of a series', () => {
  it('is that of a line', () => {
    const { value, uncertainty } = slopeOf(Array.from({ length: 50 }, (_, at) => [at, 3 + 2 * at]));
    expect(value).toBeCloseTo(2);
    expect(uncertainty).toBeCloseTo(0);
  });

  it('can not be told from zero where there is only noise', () => {
    const { value, uncertainty } = slopeOf(noisy(120, 0));
    expect(Math.abs(value)).toBeLessThan(uncertainty);
  });

  it('can be told from zero where something is added with every sample', () => {
    const { value, uncertainty } = slopeOf(noisy(120, 0.02));
    expect(value - uncertainty).toBeGreaterThan(0);
  });

  it('is refused of too few points', () => {
    expect(() => slopeOf(noisy(20, 0))).toThrow('at least 24');
  });
});
