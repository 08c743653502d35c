import { Inject, Injectable, Optional } from '@nestjs/common';
import { sqlStateOf, type UserDatabaseSession } from '@bulkhead/persistence';
import type { JsonValue } from '@bulkhead/user-context';
import pg from 'pg';
import { TableStore } from '../table-store.service.ts';
import { QueryRefusedError } from '../tables.errors.ts';
import { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from '../tables.options.ts';
import { answerTypes, valueOf, type AnswerType } from './answer-values.ts';
import { QueryConnections, type Ask } from './query-connections.service.ts';
import { answerCells, withTables } from './query-wrapping.ts';
import type { Table } from '../table.ts';
import { checkQuery, type CheckedQuery } from './sql-guard.ts';

const MAX_COLUMNS = 100;
const FETCH_ROWS = 50;
/** Most bytes of rows in one answer: below what a tool may return. */
const MAX_ANSWER_BYTES = 48_000;

/** What a query yields. */
export interface QueryAnswer {
  readonly columns: readonly { readonly name: string; readonly type: AnswerType }[];
  readonly rows: readonly (readonly JsonValue[])[];
  /** Whether there were more rows than fit. */
  readonly isTruncated: boolean;
}

/** Answers SQL queries over the uploaded tables of one user. */
@Injectable()
export class TableQueries {
  constructor(
    private readonly store: TableStore,
    private readonly connections: QueryConnections,
    @Optional()
    @Inject(TABLES_OPTIONS)
    private readonly options: TablesOptions = defaultTablesOptions,
  ) {}

  /**
   * @param sql one query, as whoever asks wrote it
   * @throws QueryRefusedError, QueriesBusyError, DatabaseUnavailableError, or the signal's reason
   */
  async query(session: UserDatabaseSession, sql: string, signal: AbortSignal): Promise<QueryAnswer> {
    const checked = checkQuery(sql);
    const tables = await this.store.list(session);
    const parts = withTables(checked, tables);
    try {
      return await this.connections.run(session, signal, (ask) => this.#answer(ask, parts));
    } catch (error) {
      throw signal.aborted ? error : refusalOf(error, this.options.queryTimeoutMs, whyText(checked, tables));
    }
  }

  async #answer(ask: Ask, parts: { with: string; from: string }): Promise<QueryAnswer> {
    // Executes nothing, and tells the columns.
    const { fields } = await ask(`${parts.with}SELECT * ${parts.from} LIMIT 0`);
    if (fields.length === 0 || fields.length > MAX_COLUMNS) {
      throw new QueryRefusedError(`A query must have 1 to ${MAX_COLUMNS} columns.`);
    }
    const columns = fields.map(({ name, dataTypeID }) => ({ name, type: answerTypes(dataTypeID) }));
    const { list, aliases } = answerCells(columns.length);
    // A cursor takes nothing but a query, and lets us stop reading.
    await ask(`DECLARE answer NO SCROLL CURSOR FOR ${parts.with}SELECT ${list} ${parts.from} (${aliases})`);
    const rows: JsonValue[][] = [];
    for (let bytes = 0; ;) {
      const { rows: fetched } = await ask(`FETCH ${FETCH_ROWS} FROM answer`);
      for (const row of fetched) {
        const values = row.map((cell, index) => valueOf(cell, columns[index]?.type ?? 'text'));
        bytes += Buffer.byteLength(JSON.stringify(values));
        if (rows.length >= this.options.maxResultRows || bytes > MAX_ANSWER_BYTES) {
          return { columns, rows, isTruncated: true };
        }
        rows.push(values);
      }
      if (fetched.length < FETCH_ROWS) return { columns, rows, isTruncated: false };
    }
  }
}

/** Syntax and names (42), values (22), limits (53, 54), what is not possible (0A, 25). */
const explained = /^(?:42|22|54|53|0A|25)/;
const QUERY_CANCELLED = '57014';

/** SQLSTATE of a function or operator that there is not for texts. */
const NO_SUCH_FUNCTION = '42883';
const MAX_REASONS = 3;

/** Why columns of the query's tables that should hold figures or dates are texts. */
function whyText({ names }: CheckedQuery, tables: readonly Table[]): string {
  const reasons = tables
    .filter(({ name }) => names.has(name))
    .flatMap(({ name: table, columns }) =>
      columns
        .filter(({ name, type, notes }) => type === 'text' && notes !== undefined && names.has(name))
        .map(({ name, notes = [] }) => `${table}.${name}: ${notes.join(' ')}`),
    );
  return reasons
    .slice(0, MAX_REASONS)
    .map((reason) => ` ${reason}`)
    .join('');
}

function refusalOf(error: unknown, timeoutMs: number, why: string): unknown {
  const code = sqlStateOf(error) ?? '';
  if (code === QUERY_CANCELLED) {
    return new QueryRefusedError(`The query took longer than ${timeoutMs} ms. Ask for less.`, error);
  }
  if (!(error instanceof pg.DatabaseError) || !explained.test(code)) return error;
  const hint = `${error.hint === undefined ? '' : ` ${error.hint}`}${code === NO_SUCH_FUNCTION ? why : ''}`;
  return new QueryRefusedError(`PostgreSQL says: ${error.message}.${hint}`, error);
}
