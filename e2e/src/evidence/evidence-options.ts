import { parseArgs } from 'node:util';
import type { EvidenceSuite } from './evidence-suite.ts';

export class UsageError extends Error {}

export interface EvidenceCommand {
  readonly suites: readonly EvidenceSuite[];
  readonly isLong: boolean;
  readonly judgesTargets: boolean;
  /** How many suites run at the same time. */
  readonly atOnce: number;
  /** Runs nothing, and collects what has run before. */
  readonly isReportOnly: boolean;
  /** Where the report goes. */
  readonly reportFolder: string;
  readonly help: boolean;
}

export const usage = (
  suites: readonly EvidenceSuite[],
): string => `npm run evidence -- [suite …] [--long] [--functional] [--at-once N]
npm run evidence -- report [--to FOLDER]

  --long        the full sizes
  --functional  report times and rates without judging them, for a machine that does other work
  --at-once N   so many suites at the same time, which makes times and rates worth nothing
  report        run nothing, collect the last result of each suite in one report
  --to FOLDER   where the report goes, instead of .evidence

Suites (without a name all of them run):
${suites.map(({ name, promise }) => `  ${name.padEnd(13)} ${promise}`).join('\n')}

The last line is "N passed, N failed"; the exit code is 1 if anything failed. Results go to .evidence/<suite>.json as each
suite ends, and with those of earlier runs to .evidence/report.html and report.json.
`;

/** @throws UsageError for a suite or an option that does not exist */
export function readCommand(args: readonly string[], suites: readonly EvidenceSuite[]): EvidenceCommand {
  const { values, positionals } = parse(args);
  const isReportOnly = positionals[0] === 'report' && positionals.length === 1;
  if (isReportOnly) positionals.pop();
  const unknown = positionals.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) throw new UsageError(`There is no suite "${unknown}".`);
  return {
    suites: positionals.length === 0 ? suites : suites.filter(({ name }) => positionals.includes(name)),
    isLong: values.long,
    judgesTargets: !values.functional,
    atOnce: wholeNumber(values['at-once']),
    isReportOnly,
    reportFolder: values.to,
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
        to: { type: 'string', default: '.evidence' },
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
