import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mutatedAreas, reportNameOf } from '../mutation/mutated-areas.ts';
import { collect, readReports, type CollectedReport } from './collected-report.ts';
import { readCommand, usage, UsageError } from './evidence-options.ts';
import { reportPage } from './report-page.ts';
import { countVerdicts, failuresIn, runSuites, type SuiteReport } from './run-suites.ts';
import { suites } from './suites.ts';

const folder = '.evidence';
/** Commands of their own that leave a report of the same form. */
const others = ['sabotage', ...mutatedAreas.map(reportNameOf)];
/** How long what a suite left open may keep this process, when everything is said. */
const LEFT_OPEN_MS = 2_000;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), suites);
  if (command.help) return write(usage(suites));
  await mkdir(folder, { recursive: true });
  if (command.isReportOnly) return report(command.reportFolder);
  const reports = new Map<string, SuiteReport>();
  await runSuites(command, write, async (result) => {
    reports.set(result.suite, result);
    await writeFile(join(folder, `${result.suite}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
  });
  await writeReport(command.reportFolder);
  close([...reports.values()]);
}

/** One report of whatever the suites have left, whenever they ran. */
async function report(to: string): Promise<void> {
  const { suites: found, notRun } = await writeReport(to);
  if (notRun.length > 0) write(`not run: ${notRun.join(', ')}`);
  close(found);
}

async function writeReport(to: string): Promise<CollectedReport> {
  const names = [...suites.map(({ name }) => name), ...others];
  const collected = collect(await readReports(folder), names, new Date());
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'report.json'), `${JSON.stringify(collected, undefined, 2)}\n`);
  await writeFile(join(to, 'report.html'), reportPage(collected));
  write(`\nthe report is in ${join(to, 'report.html')}`);
  return collected;
}

function close(reports: readonly SuiteReport[]): void {
  const { passed, failed, missed } = countVerdicts(reports);
  for (const line of failuresIn(reports)) write(line);
  if (missed > 0) write(`\n${missed} times or rates were off, and are not judged here`);
  write(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
  // A suite that failed half-way may have left connections: nobody waits for those. Unheld, it keeps nothing alive itself.
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}

main().catch((error: unknown) => {
  const text =
    error instanceof UsageError
      ? `${error.message}\n\n${usage(suites)}`
      : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
