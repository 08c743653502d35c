import { Injectable } from '@nestjs/common';
import { ToolRefusalError, type Tool, type ToolInvocation } from '@bulkhead/tools';
import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import { TableQueries } from './query/table-queries.service.ts';
import type { Table } from './table.ts';
import { TableStore } from './table-store.service.ts';

const SAMPLE_ROWS = 5;
const sqlParameter = { type: 'string', minLength: 1, maxLength: 10_000 } as const;

/** The user's uploaded tables, by name. */
@Injectable()
export class TablesListTool implements Tool {
  readonly name = 'tables_list';
  readonly description =
    "Lists the user's uploaded tables, newest first: name, number of rows, columns and their types.";
  readonly permission = 'tools:tables';
  readonly sideEffect = 'none';
  readonly parameters = { type: 'object', properties: {} } as const;

  constructor(private readonly store: TableStore) {}

  async execute(_: JsonRecord, { session }: ToolInvocation): Promise<JsonValue> {
    return { tables: (await this.store.list(session)).map(summaryOf) };
  }
}

/** One table's columns and a few of its rows. */
@Injectable()
export class TablesDescribeTool implements Tool<{ table: string }> {
  readonly name = 'tables_describe';
  readonly description = `Describes one of the user's uploaded tables: its columns with their types and headers, and ${SAMPLE_ROWS} of its rows.`;
  readonly permission = 'tools:tables';
  readonly sideEffect = 'none';
  readonly parameters = {
    type: 'object',
    properties: { table: { type: 'string', minLength: 1, maxLength: 63 } },
    required: ['table'],
  } as const;

  constructor(
    private readonly store: TableStore,
    private readonly queries: TableQueries,
  ) {}

  async execute({ table }: { table: string }, { session, signal }: ToolInvocation): Promise<JsonValue> {
    const found = (await this.store.list(session)).find(({ name }) => name === table);
    if (!found) throw new ToolRefusalError('There is no such table. See tables_list.', { field: 'table' });
    const { rows } = await this.queries.query(session, `SELECT * FROM ${table} LIMIT ${SAMPLE_ROWS}`, signal);
    return { ...summaryOf(found), sample: rows as JsonValue };
  }
}

/** Read-only SQL over the user's uploaded tables. */
@Injectable()
export class TablesQueryTool implements Tool<{ sql: string }> {
  readonly name = 'tables_query';
  readonly description =
    "Answers one PostgreSQL query (SELECT or WITH) over the user's uploaded tables, named as tables_list shows them. " +
    'Aggregate rather than list: answers of more than a few hundred rows are cut.';
  readonly permission = 'tools:tables';
  readonly sideEffect = 'none';
  readonly parameters = {
    type: 'object',
    properties: { sql: sqlParameter },
    required: ['sql'],
  } as const;

  constructor(private readonly queries: TableQueries) {}

  async execute({ sql }: { sql: string }, { session, signal }: ToolInvocation): Promise<JsonValue> {
    const { columns, rows, isTruncated } = await this.queries.query(session, sql, signal);
    return {
      columns: columns.map((column) => ({ ...column })),
      rows: rows as JsonValue,
      ...(isTruncated && { truncated: `Only the first ${rows.length} rows. Aggregate, or use LIMIT.` }),
    };
  }
}

const summaryOf = ({ name, rowCount, columns }: Table): JsonRecord => ({
  table: name,
  rows: rowCount,
  columns: columns.map((column) => ({ ...column })),
});
