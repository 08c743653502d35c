import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { InvalidCsvError } from '../tables.errors.ts';

export const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
export type Delimiter = keyof typeof delimiters;

/** How much of a file's beginning shows its delimiter, in characters. */
export const SAMPLE_LENGTH = 32_768;
const SAMPLE_ROWS = 200;
const names = Object.keys(delimiters) as Delimiter[];

export interface Dialect {
  readonly delimiter: Delimiter;
  /** Characters before the header: those of Excel's `sep=;`. */
  readonly skip: number;
}

/**
 * The delimiter that a file's beginning shows: the one that takes each of its rows apart into as many cells as the
 * header has. One that is named is believed.
 * @param isWhole whether the sample is all of the file
 * @throws InvalidCsvError when two fit: nobody is to guess
 */
export function dialectOf(sample: string, isWhole: boolean, named?: Delimiter): Dialect {
  const [declaration = '', character] = /^"?sep=([^\n"])"?(?:\n|$)/i.exec(sample) ?? [];
  const declared = names.find((name) => delimiters[name] === character);
  const skip = declaration.length;
  if (named ?? declared) return { delimiter: named ?? declared ?? 'comma', skip };
  if (character !== undefined) {
    throw new InvalidCsvError(`declares a delimiter that is not known; known are ${names.join(', ')}`, 1);
  }
  const readings = names
    .map((delimiter) => readAs(delimiter, sample, isWhole))
    .filter(({ cells }) => cells > 1);
  const fitting = readings.filter(({ fit }) => fit === 1);
  if (fitting.length > 1) {
    const both = fitting.map(({ delimiter }) => delimiter).join(' or ');
    throw new InvalidCsvError(`can be read with ${both} as its delimiter: say which one with \`delimiter\``);
  }
  // Where none fits, the rows of the likeliest are refused by their line.
  const [best] = fitting.length > 0 ? fitting : readings.sort((a, b) => b.fit - a.fit || b.cells - a.cells);
  return { delimiter: best?.delimiter ?? 'comma', skip };
}

interface Reading {
  readonly delimiter: Delimiter;
  /** Of the header. */
  readonly cells: number;
  /** Share of the rows that have as many. */
  readonly fit: number;
}

function readAs(delimiter: Delimiter, sample: string, isWhole: boolean): Reading {
  const rows: (readonly string[])[] = [];
  let isBroken = false;
  try {
    parse(sample, {
      delimiter: delimiters[delimiter],
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: SAMPLE_ROWS,
      on_record: (record: readonly string[]) => {
        rows.push(record);
        return null;
      },
    });
    // The sample may end within a row.
    if (!isWhole && rows.length > 1 && rows.length < SAMPLE_ROWS) rows.pop();
  } catch (error) {
    isBroken = isWhole || !(error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED');
  }
  const [header, ...others] = rows.filter((row) => row.some((cell) => cell !== ''));
  const cells = header?.length ?? 0;
  const fitting = others.filter((row) => row.length === cells || row.slice(cells).join('') === '').length;
  const fit = others.length === 0 ? 1 : fitting / others.length;
  return { delimiter, cells, fit: isBroken ? fit / 2 : fit };
}
