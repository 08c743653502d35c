import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  sqlStateOf,
  tables,
  type TransactionDatabase,
  type UserDatabaseSession,
} from '@bulkhead/persistence';
import { sql } from 'drizzle-orm';
import { csvTable, type CsvFormat, type CsvTable } from './csv/csv-table.ts';
import { assertTableName } from './sql-names.ts';
import type { Table } from './table.ts';
import { toTable } from './table-store.service.ts';
import { TableLimitError, TableNameTakenError, UploadsBusyError } from './tables.errors.ts';
import { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from './tables.options.ts';
import { UploadSlots } from './upload-slots.ts';
import { UploadSpool } from './upload-spool.ts';

const BATCH_ROWS = 1_000;
const BATCH_LENGTH = 500_000;
const UNIQUE_VIOLATION = '23505';

export interface TableUpload extends CsvFormat {
  /** As SQL will name it. */
  readonly name: string;
  /** The CSV as it arrives. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Stores uploaded CSVs, each whole or not at all. A file arrives on the disk first, so that no transaction waits for a
 * client, and is read twice from there, a batch of rows at a time.
 */
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

  /** Uploads that are under way on this node. */
  get uploads(): number {
    return this.#slots.count;
  }

  /**
   * @throws InvalidTableNameError, InvalidCsvError, TableLimitError, TableNameTakenError, UploadsBusyError,
   * UploadTimeoutError, UploadTooSlowError; then nothing is stored
   */
  async store(session: UserDatabaseSession, upload: TableUpload): Promise<Table> {
    assertTableName(upload.name);
    try {
      return await this.#slots.with(session.context.userId, async (place) => {
        // Before the file arrives, for what will be refused anyway.
        await session.transaction(({ db }) => this.#assertRoom(db, upload.name));
        const file = await UploadSpool.receive(upload.body, this.options);
        try {
          return await place(async () => {
            const csv = await csvTable(file, upload, this.options.maxRows);
            return await session.transaction(({ db }) => this.#insert(db, session, upload.name, csv, file));
          });
        } finally {
          await file.close();
        }
      });
    } catch (error) {
      throw sqlStateOf(error) === UNIQUE_VIOLATION ? new TableNameTakenError() : error;
    }
  }

  async #insert(
    db: TransactionDatabase,
    { context: { userId } }: UserDatabaseSession,
    name: string,
    csv: CsvTable,
    { byteCount }: UploadSpool,
  ): Promise<Table> {
    await this.#reserve(db, userId);
    await this.#assertRoom(db, name, byteCount);
    const { rowCount } = csv;
    const table = { tableId: randomUUID(), userId, name, columns: csv.columns, rowCount, byteCount };
    const [row] = await db.insert(tables).values(table).returning();
    await this.#insertRows(db, table, csv);
    if (!row) throw new Error('A table vanished while it was stored.');
    return toTable(row);
  }

  /** One upload of a user at a time, over all nodes: so the limits of what a user keeps can't be outrun. */
  async #reserve(db: TransactionDatabase, userId: string): Promise<void> {
    const { rows } = await db.execute<{ free: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`tables:${userId}`}, 0)) as free`,
    );
    if (!rows[0]?.free) throw new UploadsBusyError('user');
  }

  /** @throws TableNameTakenError, TableLimitError */
  async #assertRoom(db: TransactionDatabase, name: string, byteCount = 1): Promise<void> {
    const { tablesPerUser, bytesPerUser } = this.options;
    const { rows } = await db.execute<{ count: number; kept: string; taken: boolean }>(
      sql`select count(*)::int as count, coalesce(sum(byte_count), 0) as kept, coalesce(bool_or(name = ${name}), false) as taken
            from ${tables}`,
    );
    const { count = 0, kept = '0', taken = false } = rows[0] ?? {};
    if (taken) throw new TableNameTakenError();
    if (count >= tablesPerUser) {
      throw new TableLimitError('You have as many tables as you may keep', tablesPerUser);
    }
    if (Number(kept) + byteCount > bytesPerUser) {
      throw new TableLimitError('Your tables are larger than you may keep', bytesPerUser);
    }
  }

  async #insertRows(
    db: TransactionDatabase,
    { tableId, userId }: { tableId: string; userId: string },
    csv: CsvTable,
  ): Promise<void> {
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
    for await (const rows of csv.batches()) {
      for (const row of rows) {
        for (const cell of row) length += cell?.length ?? 0;
        batch.push(row);
        if (batch.length >= BATCH_ROWS || length >= BATCH_LENGTH) await flush();
      }
    }
    if (batch.length > 0) await flush();
  }
}
