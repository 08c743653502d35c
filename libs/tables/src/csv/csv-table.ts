import { columnNames } from '../sql-names.ts';
import type { TableColumn } from '../table.ts';
import { InvalidCsvError, TableLimitError } from '../tables.errors.ts';
import { ColumnProfile, formatOf, type CellFormat, type ColumnReading } from './column-profile.ts';
import { readingOf } from './column-reading.ts';
import type { Delimiter } from './csv-dialect.ts';
import { readCsv } from './csv-rows.ts';

/** A file that can be read from its beginning more than once. */
export interface CsvFile {
  read(): AsyncIterable<Uint8Array>;
}

/** How a file is to be read; what is absent, the file itself shows. */
export interface CsvFormat extends CellFormat {
  readonly delimiter?: Delimiter | undefined;
}

/** A file as the table that it becomes. */
export interface CsvTable {
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** Reads the file again: some rows at a time, each cell as SQL casts it to the type of its column. */
  batches(): AsyncGenerator<(string | null)[][]>;
}

/**
 * Reads a whole file to learn what its columns are: the columns that have a header or a cell, and their types.
 * @throws InvalidCsvError, TableLimitError
 */
export async function csvTable(file: CsvFile, format: CsvFormat, maxRows: number): Promise<CsvTable> {
  const csv = await readCsv(file.read(), format.delimiter);
  const profiles = csv.headers.map(() => new ColumnProfile());
  let rowCount = 0;
  for await (const batch of csv.batches()) {
    rowCount += batch.length;
    if (rowCount > maxRows) throw new TableLimitError('The file has too many rows', maxRows);
    for (const { cells, line } of batch) {
      for (let index = 0; index < cells.length; index += 1) profiles[index]?.add(cells[index] ?? '', line);
    }
  }
  if (rowCount === 0) throw new InvalidCsvError('has a header and no row');
  const shown = formatOf(profiles, csv.delimiter);
  const kept = profiles.flatMap((profile, index) => {
    const isEmpty = csv.headers[index] === '' && profile.count + profile.placeholders.count === 0;
    return isEmpty ? [] : [{ index, reading: readingOf(profile, format, shown) }];
  });
  return {
    columns: columnsOf(csv.headers, kept, csv.totalLines()),
    rowCount,
    async *batches() {
      const again = await readCsv(file.read(), csv.delimiter);
      for await (const batch of again.batches()) {
        yield batch.map(({ cells }) => kept.map(({ index, reading }) => reading.store(cells[index] ?? '')));
      }
    },
  };
}

interface KeptColumn {
  readonly index: number;
  readonly reading: ColumnReading;
}

function columnsOf(
  headers: readonly string[],
  kept: readonly KeptColumn[],
  totalLines: readonly number[],
): TableColumn[] {
  const names = columnNames(headers);
  const totals = `Line ${totalLines.join(', ')} has totals and is no row of the table.`;
  return kept.map(({ index, reading: { type, notes } }, place) => {
    const all = place === 0 && totalLines.length > 0 ? [totals, ...notes] : notes;
    return {
      name: names[index] ?? '',
      header: headers[index] ?? '',
      type,
      ...(all.length > 0 && { notes: all }),
    };
  });
}
