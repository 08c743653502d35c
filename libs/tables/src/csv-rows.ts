import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@bulkhead/errors';
import { CsvError, parse, type Info } from 'csv-parse';
import { InvalidCsvError, TableLimitError } from './tables.errors.ts';

const MAX_COLUMNS = 100;
const MAX_HEADER_LENGTH = 200;
const MAX_CELL_LENGTH = 10_000;
const MAX_RECORD_LENGTH = 1_000_000;

export const delimiters = { comma: ',', semicolon: ';', tab: '\t' } as const;
export type Delimiter = keyof typeof delimiters;

export interface CsvSource {
  /** The file as it arrives. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly delimiter: Delimiter;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** A file that is being read: its header first, then its rows, one at a time. */
export interface CsvRows extends AsyncIterable<readonly (string | null)[]> {
  readonly headers: readonly string[];
  /** Bytes read so far; the size of the file at its end. */
  byteCount(): number;
}

/**
 * Reads a CSV (RFC 4180, UTF-8) without ever holding more of it than a piece. Empty cells are null.
 * @throws InvalidCsvError naming the line, TableLimitError, or the signal's reason
 */
export async function readCsv({ body, delimiter, maxBytes, signal }: CsvSource): Promise<CsvRows> {
  const text = new TextOf(maxBytes);
  const parser = parse({
    delimiter: delimiters[delimiter],
    info: true,
    max_record_size: MAX_RECORD_LENGTH,
    skip_empty_lines: true,
  });
  const feeding = pipeline(body, text, parser, { signal });
  // Whoever reads the rows learns of it there.
  feeding.catch(() => undefined);
  const records = (parser as AsyncIterable<CsvRecord>)[Symbol.asyncIterator]();
  const next = async (): Promise<CsvRecord | undefined> => {
    try {
      const result = await records.next();
      return result.done === true ? undefined : result.value;
    } catch (error) {
      throw signal.aborted ? signal.reason : refusalOf(error);
    }
  };
  const first = await next();
  if (!first) throw new InvalidCsvError('is empty');
  const headers = headersOf(first);
  return {
    headers,
    byteCount: () => text.byteCount,
    async *[Symbol.asyncIterator]() {
      try {
        for (let row = await next(); row; row = await next()) yield cellsOf(row);
      } finally {
        parser.destroy();
      }
    },
  };
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

function headersOf({ record }: CsvRecord): string[] {
  if (record.length > MAX_COLUMNS) throw new TableLimitError('The file has too many columns', MAX_COLUMNS);
  return record.map((header) => {
    if (header.length > MAX_HEADER_LENGTH || /\p{Cc}/u.test(header)) {
      throw new InvalidCsvError(
        `has a header longer than ${MAX_HEADER_LENGTH} or with control characters`,
        1,
      );
    }
    return header.trim();
  });
}

function cellsOf({ record, info }: CsvRecord): (string | null)[] {
  return record.map((cell) => {
    if (cell.length > MAX_CELL_LENGTH) {
      throw new InvalidCsvError(`has a cell of more than ${MAX_CELL_LENGTH} characters`, info.lines);
    }
    if (cell.includes('\0')) throw new InvalidCsvError('has a NUL character', info.lines);
    return cell === '' ? null : cell;
  });
}

function refusalOf(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (!(error instanceof CsvError)) return new InvalidCsvError('did not arrive whole', undefined, error);
  const line = typeof error['lines'] === 'number' ? error['lines'] : undefined;
  return new InvalidCsvError(rules[error.code] ?? 'is not CSV as RFC 4180 has it', line, error.code);
}

const rules: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'has another number of cells than the header',
  CSV_QUOTE_NOT_CLOSED: 'begins a quoted cell that never ends',
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote',
  INVALID_OPENING_QUOTE: 'has a quote within a cell that is not quoted',
  CSV_MAX_RECORD_SIZE: `has a row of more than ${MAX_RECORD_LENGTH} characters`,
};

/** Counts bytes, and refuses what is not UTF-8 instead of replacing it. */
class TextOf extends Transform {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #lines = 1;
  byteCount = 0;

  constructor(private readonly maxBytes: number) {
    super({ decodeStrings: true });
  }

  override _transform(chunk: Uint8Array, _encoding: BufferEncoding, done: TransformCallback): void {
    this.byteCount += chunk.byteLength;
    if (this.byteCount > this.maxBytes) {
      done(new TableLimitError('The file is larger than allowed', this.maxBytes));
    } else this.#decode(done, chunk);
  }

  override _flush(done: TransformCallback): void {
    this.#decode(done);
  }

  #decode(done: TransformCallback, chunk?: Uint8Array): void {
    let text: string;
    try {
      text = chunk ? this.#decoder.decode(chunk, { stream: true }) : this.#decoder.decode();
    } catch (cause) {
      done(new InvalidCsvError('or one soon after is not UTF-8', this.#lines, cause));
      return;
    }
    this.#lines += text.split('\n').length - 1;
    done(null, text);
  }
}
