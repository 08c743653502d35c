import { Evidence, type Verdict } from './evidence.ts';
import type { EvidenceCommand } from './evidence-options.ts';

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

/** Runs the suites one after another: each has the machine to itself. */
export async function* runSuites(
  command: EvidenceCommand,
  write: (line: string) => void,
): AsyncGenerator<SuiteReport> {
  for (const suite of command.suites) {
    write(`\n${suite.name}: ${suite.promise}`);
    const startedAt = new Date();
    const evidence = new Evidence({ ...command, write });
    try {
      await suite.run(evidence);
    } catch (error) {
      evidence.check('the suite runs to its end', false, String((error as Error).stack ?? error));
    }
    await evidence.close();
    const { verdicts, figures, series } = evidence;
    yield {
      suite: suite.name,
      promise: suite.promise,
      size: command.isLong ? 'long' : 'short',
      startedAt: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 100) / 10,
      verdicts,
      figures,
      series,
    };
  }
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
