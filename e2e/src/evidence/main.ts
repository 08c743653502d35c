import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCommand, usage, UsageError } from './evidence-options.ts';
import { countVerdicts, failuresIn, runSuites, type SuiteReport } from './run-suites.ts';
import { suites } from './suites.ts';

const folder = '.evidence';
const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), suites);
  if (command.help) return write(usage(suites));
  await mkdir(folder, { recursive: true });
  const reports: SuiteReport[] = [];
  await runSuites(command, write, async (report) => {
    reports.push(report);
    await writeFile(join(folder, `${report.suite}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  });
  const { passed, failed, missed } = countVerdicts(reports);
  for (const line of failuresIn(reports)) write(line);
  if (missed > 0) write(`\n${missed} times or rates were off, and are not judged here`);
  write(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  const text =
    error instanceof UsageError
      ? `${error.message}\n\n${usage(suites)}`
      : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
