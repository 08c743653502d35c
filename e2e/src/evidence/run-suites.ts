import { Evidence, type Verdict } from './evidence.ts';
import type { EvidenceCommand } from './evidence-options.ts';
import type { EvidenceSuite } from './evidence-suite.ts';

/** What one suite came to, as `.evidence/<suite>.json` keeps it. */
export interface SuiteReport {
  readonly suite: string;
  readonly promise: string;
  readonly size: 'short' | 'long';
  readonly startedAt: string;
  readonly seconds: number;
  readonly verdicts: readonly Verdict[];
  readonly figures: Evidence['figures'];
  readonly series: Evidence['series'];
}

/**
 * Runs the suites, by default one after another, so that each has the machine to itself; reports come as suites end.
 * With several at once each line says whose it is.
 */
export async function runSuites(
  command: EvidenceCommand,
  write: (line: string) => void,
  done: (report: SuiteReport) => Promise<void>,
): Promise<void> {
  const waiting = command.suites.values();
  const worker = async (): Promise<void> => {
    for (const suite of waiting) {
      const prefix = command.atOnce > 1 ? `${suite.name.padEnd(11)}|` : '';
      await done(await runSuite(suite, command, (line) => write(`${prefix}${line}`)));
    }
  };
  await Promise.all(Array.from({ length: command.atOnce }, worker));
}

async function runSuite(
  suite: EvidenceSuite,
  command: EvidenceCommand,
  write: (line: string) => void,
): Promise<SuiteReport> {
  write(` ${suite.name}: ${suite.promise}`);
  const startedAt = new Date();
  const evidence = new Evidence({ ...command, write });
  try {
    await suite.run(evidence);
  } catch (error) {
    evidence.check('the suite runs to its end', false, String((error as Error).stack ?? error));
  }
  await evidence.close();
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 100) / 10;
  write(` ${suite.name} took ${seconds} s`);
  const { verdicts, figures, series } = evidence;
  return {
    suite: suite.name,
    promise: suite.promise,
    size: command.isLong ? 'long' : 'short',
    startedAt: startedAt.toISOString(),
    seconds,
    verdicts,
    figures,
    series,
  };
}

/** The closing line, and what the exit code follows. */
export function countVerdicts(reports: readonly SuiteReport[]): {
  passed: number;
  failed: number;
  missed: number;
} {
  const verdicts = reports.flatMap((report) => report.verdicts);
  const count = (wanted: Verdict['verdict']): number =>
    verdicts.filter(({ verdict }) => verdict === wanted).length;
  return { passed: count('passed'), failed: count('failed'), missed: count('missed') };
}

/** What did not hold, once more: a long run has written a lot since. */
export function failuresIn(reports: readonly SuiteReport[]): string[] {
  const failures = reports.flatMap(({ suite, verdicts }) =>
    verdicts
      .filter(({ verdict }) => verdict === 'failed')
      .map(({ claim, figure }) => `  failed ${suite}: ${claim}: ${figure}`),
  );
  return failures.length === 0 ? [] : ['', ...failures];
}
