/** The middle of the values; of an even number the lower of the two. @param values at least one */
export const median = (values: readonly number[]): number => percentile(values, 50);

/** The smallest value that so many per cent of the values do not exceed. @param values at least one */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is no percentile of nothing.');
  return value;
}
