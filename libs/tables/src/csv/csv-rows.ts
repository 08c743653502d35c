import { AppError } from '@bulkhead/errors';
import { CsvError, parse, type Info, type Parser } from 'csv-parse';
import { InvalidCsvError, TableLimitError } from '../tables.errors.ts';
import { dialectOf, delimiters, SAMPLE_LENGTH, type Delimiter } from './csv-dialect.ts';
import { textOf } from './csv-text.ts';
import { TotalRows } from './total-rows.ts';

const MAX_COLUMNS = 100;
const MAX_HEADER_LENGTH = 200;
const MAX_CELL_LENGTH = 10_000;
const MAX_RECORD_LENGTH = 1_000_000;

/** A row as the file has it: as many cells as the header has. */
export interface CsvRow {
  /** Where it ends, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A file that is being read: its header first, then its rows, as many at a time as a piece of the file has. */
export interface CsvRows {
  readonly headers: readonly string[];
  readonly delimiter: Delimiter;
  batches(): AsyncGenerator<readonly CsvRow[]>;
  /** Lines of the totals at the end, which are no rows; known once everything is read. */
  totalLines(): readonly number[];
}

/**
 * Reads a CSV (RFC 4180, and what programs make of it) without ever holding more of it than a piece: line ends of any
 * mix, spaces around cells, empty rows, delimiters behind the last column.
 * @param delimiter absent: the one that the file shows
 * @throws InvalidCsvError naming the line, or TableLimitError
 */
export async function readCsv(bytes: AsyncIterable<Uint8Array>, delimiter?: Delimiter): Promise<CsvRows> {
  const { sample, rest } = await sampleOf(textOf(bytes));
  const dialect = dialectOf(sample, rest === undefined, delimiter);
  const pieces = async function* (): AsyncGenerator<string> {
    yield sample.slice(dialect.skip);
    if (rest) yield* rest;
  };
  const batches = batchesOf(pieces(), dialect.delimiter, dialect.skip > 0 ? 1 : 0);
  const first = await batches.next();
  const [header, ...rows] = first.done ? [] : first.value;
  if (!header) throw new InvalidCsvError('is empty');
  const headers = headersOf(header);
  const totals = new TotalRows();
  const check = (found: readonly CsvRow[]): readonly CsvRow[] =>
    totals.without(found).map((row) => checked(row, headers.length));
  return {
    headers,
    delimiter: dialect.delimiter,
    totalLines: () => totals.lines,
    async *batches() {
      yield check(rows);
      for await (const batch of batches) yield check(batch);
    },
  };
}

async function sampleOf(
  text: AsyncGenerator<string>,
): Promise<{ sample: string; rest: AsyncGenerator<string> | undefined }> {
  let sample = '';
  while (sample.length < SAMPLE_LENGTH) {
    const piece = await text.next();
    if (piece.done) return { sample, rest: undefined };
    sample += piece.value;
  }
  return { sample, rest: text };
}

/** The records that hold anything, piece by piece; never an empty batch. */
async function* batchesOf(
  pieces: AsyncIterable<string>,
  delimiter: Delimiter,
  skippedLines: number,
): AsyncGenerator<CsvRow[]> {
  let found: CsvRow[] = [];
  let line = 1;
  const parser = parse({
    delimiter: delimiters[delimiter],
    max_record_size: MAX_RECORD_LENGTH,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    on_record: (cells: readonly string[], { lines }: Info) => {
      line = lines + skippedLines;
      if (cells.length > 2 * MAX_COLUMNS)
        throw new TableLimitError('The file has too many columns', MAX_COLUMNS);
      if (cells.some((cell) => cell.trim() !== '')) found.push({ line, cells });
      return null;
    },
  });
  // Each call is told of an error itself.
  parser.on('error', () => undefined);
  parser.resume();
  try {
    for await (const piece of pieces) {
      await told((done) => parser.write(piece, done));
      if (found.length > 0) yield found;
      found = [];
    }
    await told((done) => endOf(parser, done));
    if (found.length > 0) yield found;
  } catch (error) {
    throw refusalOf(error, line, skippedLines);
  } finally {
    parser.destroy();
  }
}

const told = (work: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())));

function endOf(parser: Parser, done: (error?: Error | null) => void): void {
  parser.once('error', done);
  parser.end(() => done());
}

function headersOf({ cells, line }: CsvRow): string[] {
  if (cells.length > MAX_COLUMNS) throw new TableLimitError('The file has too many columns', MAX_COLUMNS);
  return cells.map((header) => {
    if (header.length > MAX_HEADER_LENGTH || /\p{Cc}/u.test(header)) {
      throw new InvalidCsvError(
        `has a header longer than ${MAX_HEADER_LENGTH} or with control characters`,
        line,
      );
    }
    return header.trim();
  });
}

/** Delimiters behind the last column are allowed for: spreadsheets write them. */
function checked({ line, cells }: CsvRow, columns: number): CsvRow {
  if (cells.length < columns || cells.slice(columns).some((cell) => cell.trim() !== '')) {
    throw new InvalidCsvError(
      `has another number of cells than the header (${cells.length}, not ${columns})`,
      line,
    );
  }
  const kept = cells.slice(0, columns);
  for (const cell of kept) {
    if (cell.length > MAX_CELL_LENGTH) {
      throw new InvalidCsvError(`has a cell of more than ${MAX_CELL_LENGTH} characters`, line);
    }
    if (cell.includes('\0')) throw new InvalidCsvError('has a NUL character', line);
  }
  return { line, cells: kept };
}

/** A quoted cell without an end swallows what follows: it began behind the last row that was whole. */
function refusalOf(error: unknown, lastLine: number, skippedLines: number): unknown {
  if (error instanceof AppError || !(error instanceof CsvError)) return error;
  const isSwallowed = error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE';
  const at = typeof error['lines'] === 'number' ? error['lines'] + skippedLines : undefined;
  const line = isSwallowed ? lastLine + 1 : at;
  return new InvalidCsvError(rules[error.code] ?? 'is not CSV as RFC 4180 has it', line, error.code);
}

const rules: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'or one soon after begins a quoted cell that never ends',
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'has text after a closing quote',
  INVALID_OPENING_QUOTE: 'has a quote within a cell that is not quoted',
  CSV_MAX_RECORD_SIZE: `begins a row of more than ${MAX_RECORD_LENGTH} characters: is a quote not closed?`,
};
