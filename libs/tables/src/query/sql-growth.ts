import { QueryRefusedError } from '../tables.errors.ts';
import type { SqlToken } from './sql-tokens.ts';

/**
 * How many times the longest cell a row of the query may come to hold, by what its text says: some hundred megabytes at
 * worst. `work_mem` bounds sorting and grouping, but nothing in PostgreSQL bounds a single value below a gigabyte.
 */
const MAX_GROWTH = 5_000;
/** A column list that is not written down. */
const COLUMNS_OF_STAR = 100;
/** Selects and joins; each may take `work_mem` for itself. */
const MAX_PARTS = 40;
const parts: ReadonlySet<string> = new Set(['select', 'join', 'union', 'intersect', 'except', 'over']);
/** Words behind which a list in parentheses is a row. */
const beforeRow: ReadonlySet<string> = new Set(
  'select distinct all where and or not then else when case on having between like ilike is limit offset by'.split(
    ' ',
  ),
);
const replacing: ReadonlySet<string> = new Set(['replace', 'regexp_replace']);

/**
 * Refuses a query that could make much out of little: texts joined to themselves again and again, replaced by longer
 * ones, or carried in many columns. Each place where a value can grow multiplies, since a subquery may feed the next.
 * @throws QueryRefusedError
 */
export function refuseGrowth(tokens: readonly SqlToken[]): void {
  if (tokens.filter(({ kind, text }) => kind === 'word' && parts.has(text)).length > MAX_PARTS) {
    throw new QueryRefusedError(
      `The query has more than ${MAX_PARTS} selects and joins. Ask for less at once.`,
    );
  }
  const open: Level[] = [newLevel(1)];
  let growth = 1;
  let items = 1;
  tokens.forEach(({ kind, text }, index) => {
    if (kind === 'string' || kind === 'quoted') return;
    const level = open.at(-1);
    if (!level) return;
    if (text === '(' || text === '[') open.push(newLevel(growthOfCall(tokens, index)));
    else if (text === ')' || text === ']') {
      growth *= chainsOf(level) * growthOfList(level);
      open.pop();
    } else if (text === ',') {
      items += 1;
      level.commas += 1;
      endChain(level);
    } else if (text === '||') level.chain += 1;
    else if (text === '*' && isColumnList(tokens, index)) items += COLUMNS_OF_STAR;
    else if (kind === 'word' && parts.has(text)) endChain(level);
  });
  for (const level of open) growth *= chainsOf(level);
  if (growth * items > MAX_GROWTH) {
    throw new QueryRefusedError(
      'The query joins or repeats texts so often that its values could become too large. Use fewer ||, concat, ' +
        'replace and row or array lists, and fewer columns beside them.',
    );
  }
}

/** What stands between two brackets. */
interface Level {
  /** How its call multiplies what it is given: by each of a list's entries, or by a number of its own. */
  readonly call: 'list' | number;
  commas: number;
  chain: number;
  chains: number;
}

const newLevel = (call: Level['call']): Level => ({ call, commas: 0, chain: 0, chains: 1 });

/** `a || b || c` is three times as long as the longest of them. */
function endChain(level: Level): void {
  level.chains *= level.chain + 1;
  level.chain = 0;
}

const chainsOf = (level: Level): number => level.chains * (level.chain + 1);
const growthOfList = ({ call, commas }: Level): number => (call === 'list' ? commas + 1 : call);

function growthOfCall(tokens: readonly SqlToken[], index: number): Level['call'] {
  const before = tokens[index - 1];
  if (tokens[index]?.text === '[') return before?.text === 'array' || before?.kind === 'symbol' ? 'list' : 1;
  if (before?.kind === 'word' || before?.kind === 'quoted') {
    if (['concat', 'concat_ws', 'row'].includes(before.text)) return 'list';
    if (replacing.has(before.text)) return growthOfReplacement(tokens, index, before.text);
    if (before.text === 'to_char' || before.text === 'translate') {
      literalsOf(tokens, index, before.text);
    }
    return before.kind === 'word' && beforeRow.has(before.text) ? 'list' : 1;
  }
  // (a, b) is a row; behind a name it is a call or a list of names.
  return before?.kind === 'symbol' && before.text !== ')' ? 'list' : 1;
}

/** An empty pattern matches between all characters, and `\&` puts in what was matched. */
function growthOfReplacement(tokens: readonly SqlToken[], index: number, name: string): number {
  const [from = 0, to = 0] = literalsOf(tokens, index, name);
  return name === 'replace' ? Math.max(1, Math.ceil(to / Math.max(1, from))) : 1 + to;
}

/**
 * Lengths of the texts that a call is given behind its first argument, quotes aside.
 * @throws QueryRefusedError when one is not written down: nobody knows how long it becomes
 */
function literalsOf(tokens: readonly SqlToken[], open: number, name: string): number[] {
  const lengths: number[] = [];
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const { text = '', kind } = tokens[index] ?? {};
    if (kind === 'symbol' && (text === '(' || text === '[')) depth += 1;
    if (kind === 'symbol' && (text === ')' || text === ']')) depth -= 1;
    if (depth === 0) break;
    if (depth !== 1 || kind !== 'symbol' || text !== ',') continue;
    const [argument, next] = [tokens[index + 1], tokens[index + 2]];
    const isWritten =
      (argument?.kind === 'string' || argument?.kind === 'number') && [',', ')'].includes(next?.text ?? '');
    if (!isWritten) {
      throw new QueryRefusedError(`Write what ${name} is given behind its first argument as plain strings.`);
    }
    lengths.push(argument?.kind === 'string' ? argument.text.slice(1, -1).replaceAll("''", "'").length : 0);
  }
  return lengths;
}

/** `*` of a select, not of a product or a count. */
function isColumnList(tokens: readonly SqlToken[], index: number): boolean {
  const before = tokens[index - 1]?.text ?? '';
  return ['select', 'distinct', 'all', ',', '.'].includes(before);
}
