import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  sqlStateOf,
  tables,
  type TransactionDatabase,
  type UserDatabaseSession,
} from '@bulkhead/persistence';
import { eq, sql } from 'drizzle-orm';
import { ColumnTypes } from './column-types.ts';
import { readCsv, type CsvRows, type Delimiter } from './csv-rows.ts';
import { assertTableName, columnNames } from './sql-names.ts';
import type { Table } from './table.ts';
import { toTable } from './table-store.service.ts';
import {
  InvalidCsvError,
  TableLimitError,
  TableNameTakenError,
  UploadsBusyError,
  UploadTimeoutError,
} from './tables.errors.ts';
import { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from './tables.options.ts';
import { UploadSlots } from './upload-slots.ts';

const BATCH_ROWS = 1_000;
const BATCH_LENGTH = 500_000;
const UNIQUE_VIOLATION = '23505';

export interface TableUpload {
  /** As SQL will name it. */
  readonly name: string;
  readonly delimiter: Delimiter;
  /** The CSV as it arrives. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Stores uploaded CSVs, each whole or not at all, holding a batch of rows in memory and no more. */
@Injectable()
export class TableImport {
  readonly #slots: UploadSlots;

  constructor(
    @Optional()
    @Inject(TABLES_OPTIONS)
    private readonly options: TablesOptions = defaultTablesOptions,
  ) {
    this.#slots = new UploadSlots(options.uploadsAtOnce);
  }

  /**
   * @throws InvalidTableNameError, InvalidCsvError, TableLimitError, TableNameTakenError, UploadsBusyError,
   * UploadTimeoutError; then nothing is stored
   */
  async store(session: UserDatabaseSession, upload: TableUpload): Promise<Table> {
    assertTableName(upload.name);
    const { uploadTimeoutMs } = this.options;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new UploadTimeoutError(uploadTimeoutMs)), uploadTimeoutMs);
    try {
      return await this.#slots.with(() =>
        session.transaction(({ db }) => this.#import(db, session.context.userId, upload, limit.signal)),
      );
    } catch (error) {
      throw sqlStateOf(error) === UNIQUE_VIOLATION ? new TableNameTakenError() : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #import(
    db: TransactionDatabase,
    userId: string,
    { name, body, delimiter }: TableUpload,
    signal: AbortSignal,
  ): Promise<Table> {
    await this.#reserve(db, userId);
    const table = { tableId: randomUUID(), userId, name, columns: [], rowCount: 0, byteCount: 0 };
    await db.insert(tables).values(table);
    const csv = await readCsv({ body, delimiter, maxBytes: this.options.maxBytes, signal });
    const types = csv.headers.map(() => new ColumnTypes());
    const rowCount = await this.#insertRows(db, table, csv, types);
    await this.#assertFits(db, csv.byteCount());
    const names = columnNames(csv.headers);
    const columns = csv.headers.map((header, index) => ({
      name: names[index] ?? '',
      header,
      type: types[index]?.type ?? 'text',
    }));
    const changes = { columns, rowCount, byteCount: csv.byteCount() };
    const [row] = await db.update(tables).set(changes).where(eq(tables.tableId, table.tableId)).returning();
    if (!row) throw new Error('A table vanished while it was stored.');
    return toTable(row);
  }

  /** One upload of a user at a time, over all nodes: so the limits of what a user keeps can't be outrun. */
  async #reserve(db: TransactionDatabase, userId: string): Promise<void> {
    const key = `tables:${userId}`;
    const { rows } = await db.execute<{ free: boolean; count: number }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${key}, 0)) as free,
                 (select count(*)::int from ${tables}) as count`,
    );
    if (!rows[0]?.free) throw new UploadsBusyError('user');
    if (rows[0].count >= this.options.tablesPerUser) {
      throw new TableLimitError('You have as many tables as you may keep', this.options.tablesPerUser);
    }
  }

  async #assertFits(db: TransactionDatabase, byteCount: number): Promise<void> {
    const { rows } = await db.execute<{ kept: string }>(
      sql`select coalesce(sum(byte_count), 0) as kept from ${tables}`,
    );
    if (Number(rows[0]?.kept) + byteCount > this.options.bytesPerUser) {
      throw new TableLimitError('Your tables are larger than you may keep', this.options.bytesPerUser);
    }
  }

  async #insertRows(
    db: TransactionDatabase,
    { tableId, userId }: { tableId: string; userId: string },
    csv: CsvRows,
    types: readonly ColumnTypes[],
  ): Promise<number> {
    let rowCount = 0;
    let length = 0;
    let batch: (readonly (string | null)[])[] = [];
    const flush = async (): Promise<void> => {
      const rows = JSON.stringify(batch);
      batch = [];
      length = 0;
      await db.execute(
        sql`insert into bulkhead.table_rows (table_id, user_id, cells)
            select ${tableId}::uuid, ${userId}::uuid, array(select jsonb_array_elements_text(item))
              from jsonb_array_elements(${rows}::jsonb) as item`,
      );
    };
    for await (const row of csv) {
      rowCount += 1;
      if (rowCount > this.options.maxRows) {
        throw new TableLimitError('The file has too many rows', this.options.maxRows);
      }
      row.forEach((cell, index) => {
        if (cell === null) return;
        length += cell.length;
        types[index]?.add(cell);
      });
      batch.push(row);
      if (batch.length >= BATCH_ROWS || length >= BATCH_LENGTH) await flush();
    }
    if (batch.length > 0) await flush();
    if (rowCount === 0) throw new InvalidCsvError('has a header and no row');
    return rowCount;
  }
}
