import { parseArgs } from 'node:util';

export const usage = `Usage: npm run bench -- [options]

  --users <n,n,…>    how many users at the same time, one measurement each (1,10,50,200)
  --runs <n>         measured runs of a level and round, all users together (400), at least two per user
  --rounds <n>       rounds, gateway and floor in turn; the figures are medians (3)
  --rates <n,n,…>    fixed arrivals per second, on 50 users (20,40); 0: none
  --thread <n>       messages of the long thread (520); 0: none
  --idle <n>         idle connections (500); 0: none
  --warm-up <n>      runs before anything is measured (600)
  --profile <file>   writes a CPU profile of the server under the highest number of users there
  --json <file>      writes the figures there
  --html <file>      writes a page with plots there
  --help             show this
`;

export interface BenchmarkOptions {
  readonly users: readonly number[];
  readonly runs: number;
  readonly rounds: number;
  readonly rates: readonly number[];
  readonly thread: number;
  readonly idle: number;
  readonly warmUp: number;
  readonly profile?: string;
  readonly json?: string;
  readonly html?: string;
  readonly help: boolean;
}

/** The command line can't be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): BenchmarkOptions {
  const flags = parse(args);
  const { users = '1,10,50,200', runs = '400', rounds = '3', rates = '20,40' } = flags;
  const { thread = '520', idle = '500', profile, json, html, help = false } = flags;
  const warmUp = flags['warm-up'] ?? '600';
  return {
    users: users.split(',').map((count) => whole('--users', count, 1, 1_000)),
    runs: whole('--runs', runs, 1, 100_000),
    rounds: whole('--rounds', rounds, 1, 100),
    rates: rates === '0' ? [] : rates.split(',').map((rate) => whole('--rates', rate, 1, 10_000)),
    thread: whole('--thread', thread, 0, 100_000),
    idle: whole('--idle', idle, 0, 5_000),
    warmUp: whole('--warm-up', warmUp, 1, 100_000),
    ...(profile !== undefined && { profile }),
    ...(json !== undefined && { json }),
    ...(html !== undefined && { html }),
    help,
  };
}

type Flags = { readonly help?: boolean } & {
  readonly [Name in (typeof texts)[number]]?: string;
};

const numbers = ['users', 'runs', 'rounds', 'rates', 'thread', 'idle', 'warm-up'] as const;
const files = ['profile', 'json', 'html'] as const;
const texts = [...numbers, ...files] as const;

function parse(args: readonly string[]): Flags {
  const text = { type: 'string' } as const;
  const options = {
    ...Object.fromEntries(texts.map((name) => [name, text])),
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(flag: string, text: string, min: number, max: number): number {
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text) : -1;
  if (number < min || number > max)
    throw new UsageError(`${flag} takes whole numbers from ${min} to ${max}.`);
  return number;
}
