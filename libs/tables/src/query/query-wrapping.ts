import pg from 'pg';
import type { ColumnType, Table } from '../table.ts';
import type { CheckedQuery } from './sql-guard.ts';

/** Longest text of one cell of an answer, in characters. */
export const MAX_ANSWER_CELL = 2_000;

const casts: Readonly<Record<ColumnType, string>> = {
  integer: '::bigint',
  numeric: '::numeric',
  timestamp: '::timestamptz',
  boolean: '::boolean',
  text: '',
};

/** The query with the user's tables by their names, and with typed columns; its answer is called `answer`. */
export function withTables(
  { sql, names }: CheckedQuery,
  tables: readonly Table[],
): { with: string; from: string } {
  const definitions = tables.filter(({ name }) => names.has(name)).map(definitionOf);
  return {
    with: definitions.length === 0 ? '' : `WITH ${definitions.join(', ')} `,
    // The line break ends a comment at the query's end.
    from: `FROM (${sql}\n) AS answer`,
  };
}

function definitionOf({ name, tableId, columns }: Table): string {
  const cells = columns.map((column, index) => {
    return `cells[${index + 1}]${casts[column.type]} AS ${pg.escapeIdentifier(column.name)}`;
  });
  // OFFSET 0 keeps the query's conditions out: they would be tried on rows of the user's other tables as well.
  return (
    `${pg.escapeIdentifier(name)} AS (SELECT ${cells.join(', ')} FROM bulkhead.table_rows ` +
    `WHERE table_id = ${pg.escapeLiteral(tableId)} OFFSET 0)`
  );
}

/** Every column of the answer as a text of bounded length, whatever it is called. */
export const answerCells = (columnCount: number): { list: string; aliases: string } => {
  const aliases = Array.from({ length: columnCount }, (_, index) => `c${index + 1}`);
  return {
    list: aliases.map((alias) => `left(${alias}::text, ${MAX_ANSWER_CELL}) AS ${alias}`).join(', '),
    aliases: aliases.join(', '),
  };
};
