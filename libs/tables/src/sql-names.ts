import { InvalidTableNameError } from './tables.errors.ts';

const MAX_NAME_LENGTH = 63;
/** Words that SQL would not take for a name unless they are quoted. */
const reserved: ReadonlySet<string> = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate ' +
    'collation column concurrently constraint create cross current_catalog current_date current_role current_schema ' +
    'current_time current_timestamp current_user default deferrable desc distinct do else end except exists extract false ' +
    'fetch for foreign freeze from full grant group having ilike in initially inner intersect interval into is isnull ' +
    'join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only operator or ' +
    'order outer overlaps placing position primary references returning right row select session_user similar some ' +
    'substring symmetric system_user table tablesample then to trailing trim true union unique user using values ' +
    'variadic verbose when where window with ctid xmin xmax cmin cmax tableoid oid bulkhead information_schema'
  ).split(' '),
);

const isUsable = (name: string): boolean =>
  !reserved.has(name) && !name.startsWith('pg_') && !/^reg/.test(name);

/** @throws InvalidTableNameError */
export function assertTableName(name: string): void {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new InvalidTableNameError(
      'name must be 1 to 63 lower-case letters, digits and underscores, beginning with a letter.',
    );
  }
  if (!isUsable(name)) throw new InvalidTableNameError('name is a word of SQL. Choose another.');
}

/** Names that SQL takes without quotes, one per header, each once: `Cost (USD)` becomes `cost_usd`. */
export function columnNames(headers: readonly string[]): string[] {
  const taken = new Set<string>();
  return headers.map((header, index) => {
    const base = identifierFrom(header) || `column_${index + 1}`;
    let name = base;
    for (let copy = 2; taken.has(name); copy += 1) {
      name = `${base.slice(0, MAX_NAME_LENGTH - 5)}_${copy}`;
    }
    taken.add(name);
    return name;
  });
}

function identifierFrom(header: string): string {
  const words = header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MAX_NAME_LENGTH - 7);
  if (words === '') return '';
  return /^[a-z]/.test(words) && isUsable(words) ? words : `column_${words}`;
}
