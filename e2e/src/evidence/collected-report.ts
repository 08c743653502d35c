import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countVerdicts, type SuiteReport } from './run-suites.ts';

/** What a suite came to as a whole. One that has checked nothing has proved nothing, and failed. */
export type SuiteOutcome = 'passed' | 'failed' | 'missed' | 'not run';

/** All that is known, in one: what the last run of each suite came to. */
export interface CollectedReport {
  readonly generatedAt: string;
  readonly passed: number;
  readonly failed: number;
  /** Times and rates that were off where they were not judged. */
  readonly missed: number;
  /** Names of suites that nobody has run. */
  readonly notRun: readonly string[];
  readonly suites: readonly SuiteReport[];
}

/** @param expected names of all suites, in the order of the report; others that are found follow */
export function collect(
  found: readonly SuiteReport[],
  expected: readonly string[],
  generatedAt: Date,
): CollectedReport {
  const place = ({ suite }: SuiteReport): number => (expected.indexOf(suite) + 1 || Infinity) - 1;
  const suites = [...found].sort((a, b) => place(a) - place(b) || a.suite.localeCompare(b.suite));
  return {
    generatedAt: generatedAt.toISOString(),
    ...countVerdicts(suites),
    notRun: expected.filter((name) => !suites.some(({ suite }) => suite === name)),
    suites,
  };
}

/** The reports in a folder; other files there are left alone. */
export async function readReports(folder: string): Promise<SuiteReport[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const contents = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Partial<SuiteReport>),
  );
  return contents.filter(isSuiteReport);
}

const isSuiteReport = (content: Partial<SuiteReport>): content is SuiteReport =>
  typeof content.suite === 'string' && Array.isArray(content.verdicts) && content.environment !== undefined;

export function outcomeOf({ verdicts }: SuiteReport): SuiteOutcome {
  const has = (wanted: string): boolean => verdicts.some(({ verdict }) => verdict === wanted);
  if (verdicts.length === 0 || has('failed')) return 'failed';
  return has('missed') ? 'missed' : 'passed';
}
