/** How a value changes with time. */
export interface Slope {
  /** Per unit of time. */
  readonly value: number;
  /** Half of the 95 % confidence interval's width. */
  readonly uncertainty: number;
}

/** Neighbouring samples are alike, which would make an interval too narrow: means of so many stretches are not. */
const STRETCHES = 12;
/** Student's t for 95 % and that many points less two. */
const STUDENT_T = 2.228;

/**
 * The least-squares slope through the means of equal stretches of the points.
 * @param points in order of time, at least two for each of twelve stretches
 */
export function slopeOf(points: readonly (readonly [at: number, value: number])[]): Slope {
  const means = Array.from({ length: STRETCHES }, (_, stretch) => {
    const [from, to] = [stretch, stretch + 1].map((bound) => Math.round((bound * points.length) / STRETCHES));
    const part = points.slice(from, to);
    if (part.length < 2) throw new Error(`A slope needs at least ${2 * STRETCHES} points.`);
    return [meanOf(part.map(([at]) => at)), meanOf(part.map(([, value]) => value))] as const;
  });
  const [middle, level] = [meanOf(means.map(([at]) => at)), meanOf(means.map(([, value]) => value))];
  const spread = sumOf(means.map(([at]) => (at - middle) ** 2));
  const value = sumOf(means.map(([at, mean]) => (at - middle) * (mean - level))) / spread;
  const residual = sumOf(means.map(([at, mean]) => (mean - level - value * (at - middle)) ** 2));
  const uncertainty = STUDENT_T * Math.sqrt(residual / (STRETCHES - 2) / spread);
  return { value, uncertainty };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;
