import { percentile } from './percentile.ts';

/** Figures of one shape: numbers, some of them absent, and groups of such. */
type Figures<Shape> = { readonly [Key in keyof Shape]: number | undefined | object };

/** The median of each number over all rounds; a number that a round lacks is left out. */
export function medianOf<Shape extends Figures<Shape>>(rounds: readonly Shape[]): Shape {
  const [first] = rounds;
  const keys = Object.keys(first ?? {}) as (keyof Shape)[];
  return Object.fromEntries(
    keys.map((key) => {
      const values = rounds.map((round) => round[key]).filter((value) => value !== undefined);
      const isGroup = typeof values[0] === 'object';
      return [key, isGroup ? medianOf(values as object[] as never[]) : percentile(values as number[], 50)];
    }),
  ) as Shape;
}
