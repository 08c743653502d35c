import { sum, type Measures } from './measures.ts';

/** What was wrong when somebody last looked; it may only become less. */
export interface Baseline {
  readonly violations: number;
  readonly importsPastADoor: number;
  readonly forbiddenEdges: readonly string[];
  readonly cycles: readonly string[];
  readonly filesOverLimit: readonly string[];
  readonly duplicates: readonly string[];
}

export const baselineOf = ({
  violations,
  imports,
  edges,
  cycles,
  filesOverLimit,
  duplicates,
}: Measures): Baseline => ({
  violations: sum(violations),
  importsPastADoor: imports.all - imports.canonical,
  forbiddenEdges: edges.forbidden,
  cycles,
  filesOverLimit,
  duplicates: duplicates.map((it) => it.split(':')[0] ?? it),
});

/** Each thing that is worse than the baseline allows, as a sentence. */
export function regressions(baseline: Baseline, now: Baseline): readonly string[] {
  return (Object.keys(now) as (keyof Baseline)[]).flatMap((key) => {
    const [allowed, found] = [baseline[key], now[key]];
    if (typeof found === 'number')
      return found > Number(allowed) ? [`${key}: ${found}, allowed are ${String(allowed)}`] : [];
    return found
      .filter((it) => !(allowed as readonly string[]).includes(it))
      .map((it) => `${key}: ${it} is new`);
  });
}

/** The smaller of both, so that nothing that was mended may come back. */
export function shrunk(baseline: Baseline, now: Baseline): Baseline {
  const both = (key: keyof Baseline): readonly string[] =>
    (baseline[key] as readonly string[]).filter((it) => (now[key] as readonly string[]).includes(it));
  return {
    violations: Math.min(baseline.violations, now.violations),
    importsPastADoor: Math.min(baseline.importsPastADoor, now.importsPastADoor),
    forbiddenEdges: both('forbiddenEdges'),
    cycles: both('cycles'),
    filesOverLimit: both('filesOverLimit'),
    duplicates: both('duplicates'),
  };
}
