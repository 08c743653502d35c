import { writeFile } from 'node:fs/promises';
import { readOptions, usage, UsageError, type BenchmarkOptions } from './benchmark-options.ts';
import {
  measureIdle,
  measureLevel,
  measureRate,
  measureThread,
  profileLoad,
  type Arrivals,
  type Level,
} from './benchmark.ts';
import { pageOf } from './report-page.ts';
import { header, idleLine, lineOf, machine, rowsOf, type Report } from './report.ts';

const print = (text: string): boolean => process.stdout.write(`${text}\n`);

async function measureAll(options: BenchmarkOptions): Promise<Report> {
  print(header());
  const levels: Level[] = [];
  for (const users of options.users) {
    const level = await measureLevel(users, options);
    print(rowsOf(level));
    levels.push(level);
  }
  const arrivals: Arrivals[] = [];
  for (const rate of options.rates) {
    const figures = await measureRate(rate, options);
    print(lineOf(`${rate} runs/s`, figures.gateway));
    arrivals.push(figures);
  }
  const thread = options.thread > 0 ? await measureThread(options) : [];
  for (const { message, gateway } of thread) print(lineOf(`message ${message}`, gateway));
  const idle = options.idle > 0 ? await measureIdle(options.idle) : undefined;
  if (idle) print(idleLine(idle));
  const { users, runs, rounds } = options;
  const about = { takenAt: new Date().toISOString(), machine: machine(), options: { users, runs, rounds } };
  return { ...about, levels, arrivals, thread, ...(idle && { idle }) };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const { help, json, html, profile, users } = options;
  if (help) {
    process.stdout.write(usage);
    return;
  }
  const report = await measureAll(options);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (html !== undefined) await writeFile(html, pageOf(report));
  if (profile !== undefined) await profileLoad(Math.max(...users), profile, options);
}

main().catch((error: unknown) => {
  const text =
    error instanceof UsageError ? `${error.message}\n\n${usage}` : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
