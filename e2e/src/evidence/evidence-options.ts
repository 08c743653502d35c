import { parseArgs } from 'node:util';
import type { EvidenceSuite } from './evidence-suite.ts';

export class UsageError extends Error {}

export interface EvidenceCommand {
  readonly suites: readonly EvidenceSuite[];
  readonly isLong: boolean;
  readonly judgesTargets: boolean;
  /** How many suites run at the same time. */
  readonly atOnce: number;
  readonly help: boolean;
}

export const usage = (
  suites: readonly EvidenceSuite[],
): string => `npm run evidence -- [suite …] [--long] [--functional] [--at-once N]

  --long        the full sizes
  --functional  report times and rates without judging them, for a machine that does other work
  --at-once N   so many suites at the same time, which makes times and rates worth nothing

Suites (without a name all of them run):
${suites.map(({ name, promise }) => `  ${name.padEnd(13)} ${promise}`).join('\n')}

The last line is "N passed, N failed"; the exit code is 1 if anything failed. Figures go to .evidence/<suite>.json.
`;

/** @throws UsageError for a suite or an option that does not exist */
export function readCommand(args: readonly string[], suites: readonly EvidenceSuite[]): EvidenceCommand {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) throw new UsageError(`There is no suite "${unknown}".`);
  return {
    suites: positionals.length === 0 ? suites : suites.filter(({ name }) => positionals.includes(name)),
    isLong: values.long,
    judgesTargets: !values.functional,
    atOnce: wholeNumber(values['at-once']),
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        long: flag,
        functional: flag,
        'at-once': { type: 'string', default: '1' },
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new UsageError('--at-once takes a number from 1 to 99.');
  return Number(text);
}
