/** What the report knows about a workspace. */
export interface Measures {
  /** TypeScript sources, specs included. */
  readonly files: number;
  /** Findings of each of the repository's own rules, and of the boundary rule; all rules are listed. */
  readonly violations: Readonly<Record<string, number>>;
  /** Imports from one project to another. */
  readonly imports: { readonly all: number; readonly canonical: number };
  /** Edges between projects: allowed by the boundary tables, used, and used without being allowed. */
  readonly edges: { readonly allowed: number; readonly used: number; readonly forbidden: readonly string[] };
  /** Projects or files that import each other in a circle, at run time; each as its way round. */
  readonly cycles: readonly string[];
  /** Sources of more than 300 lines, without specs. */
  readonly filesOverLimit: readonly string[];
  /** Sources of fewer than 100 lines, without specs, and all of them. */
  readonly small: { readonly under100: number; readonly all: number };
  /** Exported types that are declared in more than one file, as `name: file, file`. */
  readonly duplicates: readonly string[];
}

/** A part of the score: how much of it is as it should be, from 0 to 1, and what it weighs. */
export interface Part {
  readonly name: string;
  readonly weight: number;
  readonly value: number;
}

/** The formula of docs/reference/compliance.md. Weights are percent and add up to 100. */
export function partsOf(measures: Measures): readonly Part[] {
  const { files, imports, edges, cycles, filesOverLimit, small, duplicates } = measures;
  const without = (bad: number, of: number): number => 1 - Math.min(1, bad / Math.max(1, of));
  return [
    { name: 'rules', weight: 35, value: without(sum(measures.violations), files) },
    { name: 'imports', weight: 25, value: without(imports.all - imports.canonical, imports.all) },
    { name: 'boundaries', weight: 15, value: without(edges.forbidden.length, edges.used) },
    { name: 'cycles', weight: 10, value: without(cycles.length, edges.used) },
    { name: 'size', weight: 10, value: without(filesOverLimit.length, small.all) },
    { name: 'duplicates', weight: 5, value: without(duplicates.length, files) },
  ];
}

/** From 0 to 100. */
export const scoreOf = (measures: Measures): number =>
  Math.floor(partsOf(measures).reduce((total, { weight, value }) => total + weight * value, 0) * 100) / 100;

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
