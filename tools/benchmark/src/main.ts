import { writeFile } from 'node:fs/promises';
import { readOptions, usage, UsageError } from './benchmark-options.ts';
import { benchmark, type Level } from './benchmark.ts';
import { header, machine, rowsOf } from './report.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const levels: Level[] = [];
  process.stdout.write(`${header()}\n`);
  for await (const level of benchmark(options)) {
    levels.push(level);
    process.stdout.write(`${rowsOf(level)}\n`);
  }
  if (options.json === undefined) return;
  const { users, runs } = options;
  const report = { takenAt: new Date().toISOString(), machine: machine(), options: { users, runs }, levels };
  await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  const text =
    error instanceof UsageError ? `${error.message}\n\n${usage}` : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
