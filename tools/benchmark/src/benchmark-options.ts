import { parseArgs } from 'node:util';

export const usage = `Usage: npm run bench -- [options]

  --users <n,n,…>  how many users at the same time, one measurement each (1,10,50)
  --runs <n>       measured runs per user, one after the other (20)
  --json <file>    writes the figures there too
  --help           show this
`;

export interface BenchmarkOptions {
  readonly users: readonly number[];
  readonly runs: number;
  readonly json?: string;
  readonly help: boolean;
}

/** The command line can't be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): BenchmarkOptions {
  const { users = '1,10,50', runs = '20', json, help = false } = parse(args);
  return {
    users: users.split(',').map((count) => whole('--users', count, 1_000)),
    runs: whole('--runs', runs, 10_000),
    ...(json !== undefined && { json }),
    help,
  };
}

interface Flags {
  readonly users?: string;
  readonly runs?: string;
  readonly json?: string;
  readonly help?: boolean;
}

function parse(args: readonly string[]): Flags {
  const text = { type: 'string' } as const;
  const options = { users: text, runs: text, json: text, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(flag: string, text: string, max: number): number {
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  if (number < 1 || number > max) throw new UsageError(`${flag} takes whole numbers from 1 to ${max}.`);
  return number;
}
