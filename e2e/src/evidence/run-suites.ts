import { describeEnvironment, type EvidenceEnvironment } from './environment.ts';
import { Evidence, type Verdict } from './evidence.ts';
import type { EvidenceCommand } from './evidence-options.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { watchMemory } from './watched-memory.ts';

/** What one suite came to, as `.evidence/<suite>.json` keeps it. */
export interface SuiteReport {
  readonly suite: string;
  readonly promise: string;
  readonly tried: string;
  readonly size: 'short' | 'long';
  /** Whether times and rates were judged: what else the machine did is not known otherwise. */
  readonly judgesTargets: boolean;
  readonly environment: EvidenceEnvironment;
  readonly startedAt: string;
  readonly seconds: number;
  readonly verdicts: readonly Verdict[];
  readonly figures: Evidence['figures'];
  readonly series: Evidence['series'];
}

/**
 * Runs the suites, by default one after another, so that each has the machine to itself; reports come as suites end.
 * With several at once each line says whose it is.
 * @param keep is given a report that has failed when a suite begins, and what it came to when it ends: a suite that is
 *   cut off leaves no older report that looks like its own
 */
export async function runSuites(
  command: EvidenceCommand,
  write: (line: string) => void,
  keep: (report: SuiteReport) => Promise<void>,
): Promise<void> {
  const waiting = command.suites.values();
  const environment = describeEnvironment();
  const worker = async (): Promise<void> => {
    for (const suite of waiting) {
      const prefix = command.atOnce > 1 ? `${suite.name.padEnd(11)}|` : '';
      await runSuite(suite, command, environment, (line) => write(`${prefix}${line}`), keep);
    }
  };
  await Promise.all(Array.from({ length: command.atOnce }, worker));
}

async function runSuite(
  suite: EvidenceSuite,
  command: EvidenceCommand,
  environment: EvidenceEnvironment,
  write: (line: string) => void,
  keep: (report: SuiteReport) => Promise<void>,
): Promise<void> {
  write(` ${suite.name}: ${suite.promise}`);
  const startedAt = new Date();
  const seconds = (): number => Math.round((Date.now() - startedAt.getTime()) / 100) / 10;
  const evidence = new Evidence({ ...command, write });
  const report = (verdicts: readonly Verdict[]): SuiteReport => ({
    suite: suite.name,
    promise: suite.promise,
    tried: suite.tried,
    size: command.isLong ? 'long' : 'short',
    judgesTargets: command.judgesTargets,
    environment,
    startedAt: startedAt.toISOString(),
    seconds: seconds(),
    verdicts,
    figures: evidence.figures,
    series: evidence.series,
  });
  await keep(report([{ claim: 'the suite runs to its end', figure: 'it was cut off', verdict: 'failed' }]));
  const memory = watchMemory(evidence);
  try {
    await suite.run(evidence);
  } catch (error) {
    evidence.check('the suite runs to its end', false, String((error as Error).stack ?? error));
  }
  await evidence.close();
  memory.stop();
  write(` ${suite.name} took ${seconds()} s`);
  await keep(report(evidence.verdicts));
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
