import type { JSONValue } from '@ai-sdk/provider';

const MAX_ROWS = 20;
const MAX_CELL = 100;

/** A question about the user's uploaded tables. */
export type TableQuestion =
  | { readonly toolName: 'tables_list'; readonly input: object }
  /** `what`: the answer's title. */
  | { readonly toolName: 'tables_query'; readonly input: { readonly sql: string }; readonly what: string };

const name = String.raw`([a-z_]\w{0,62})`;
const asksTables =
  /\b(?:what|which|list|show)(?: me)?(?: (?:are|all))?(?: (?:my|your|the))? tables\b(?! (?:of|in|for)\b)/i;
const asksCount = new RegExp(
  String.raw`\bhow many rows (?:does|do|has|have|are in|are there in|is in|in) (?:my |the )?(?:table )?${name}`,
  'i',
);
const asksFigure = new RegExp(
  String.raw`\b(sum|total|average|mean|minimum|maximum|lowest|highest) (?:of )?(?:the )?${name}` +
    String.raw`(?: (?:by|per|for each) ${name})? (?:in|of|from) (?:my |the )?table ${name}`,
  'i',
);
const functions: Readonly<Record<string, string>> = {
  sum: 'sum',
  total: 'sum',
  average: 'avg',
  mean: 'avg',
  minimum: 'min',
  lowest: 'min',
  maximum: 'max',
  highest: 'max',
};

/** Only names get into the SQL: letters, digits and underscores. Whether there are such columns is the tool's to say. */
export function findTableQuestion(text: string): TableQuestion | undefined {
  const [, word = '', column, key, table] = asksFigure.exec(text) ?? [];
  if (table !== undefined) {
    const figure = `${functions[word.toLowerCase()]}(${column})`;
    const what = `${word} of ${column}${key === undefined ? '' : ` by ${key}`} in ${table}`.toLowerCase();
    const sql =
      key === undefined
        ? `SELECT ${figure} FROM ${table}`
        : `SELECT ${key}, ${figure} FROM ${table} GROUP BY 1 ORDER BY 2 DESC NULLS LAST`;
    return { toolName: 'tables_query', input: { sql }, what };
  }
  const counted = asksCount.exec(text)?.[1];
  if (counted !== undefined) {
    const what = `rows in ${counted}`.toLowerCase();
    return { toolName: 'tables_query', input: { sql: `SELECT count(*) FROM ${counted}` }, what };
  }
  return asksTables.test(text) ? { toolName: 'tables_list', input: {} } : undefined;
}

/** @returns undefined when the answer does not look as expected: the tools are not ours */
export function tellTables(question: TableQuestion, value: JSONValue): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { tables, rows } = value;
  if (question.toolName === 'tables_list') {
    if (!Array.isArray(tables)) return undefined;
    if (tables.length === 0) return 'You have no tables. Upload a CSV first.';
    return lines(
      `You have ${tables.length} ${tables.length === 1 ? 'table' : 'tables'}`,
      tables.map(tellTable),
    );
  }
  if (!Array.isArray(rows)) return undefined;
  const cells = rows.map((row) => (Array.isArray(row) ? row.map(tellCell) : [tellCell(row)]));
  if (cells.length === 1 && cells[0]?.length === 1) return `${question.what}: ${cells[0][0]}.`;
  return lines(
    question.what,
    cells.map((row) => row.join(': ')),
  );
}

function tellTable(table: JSONValue): string {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) return tellCell(table);
  return `${tellCell(table['table'])}, ${tellCell(table['rows'])} rows`;
}

const tellCell = (value: JSONValue | undefined): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return Array.from(text).slice(0, MAX_CELL).join('');
};

function lines(title: string, all: readonly string[]): string {
  const more = all.length > MAX_ROWS ? `- … and ${all.length - MAX_ROWS} more\n` : '';
  const shown = all.slice(0, MAX_ROWS).map((line) => `- ${line}\n`);
  return `${title}:\n${shown.join('')}${more}`;
}
