import { QueryRefusedError } from '../tables.errors.ts';
import { refuseGrowth } from './sql-growth.ts';
import { tokensOf, type SqlToken } from './sql-tokens.ts';
import {
  attributeFunctions,
  beforeParenthesis,
  forbidden,
  forbiddenKeywords,
  forbiddenPrefix,
  functions,
  sizedTypes,
} from './sql-vocabulary.ts';

const MAX_SQL_LENGTH = 10_000;
const openings: ReadonlySet<string> = new Set(['select', 'with', 'values', '(']);

/** A query that names nothing it should not. */
export interface CheckedQuery {
  /** Without the semicolon at its end. */
  readonly sql: string;
  /** Everything that could be the name of a table. */
  readonly names: ReadonlySet<string>;
}

/**
 * The first of three locks, and the one that explains itself: one query, of known functions. The others are the
 * login, which can read nothing but what its transaction was granted, and the read-only transaction.
 * @param tokenise takes the query apart; called once, whatever the query is
 * @throws QueryRefusedError saying what to write instead
 */
export function checkQuery(sql: string, tokenise = tokensOf): CheckedQuery {
  if (sql.length > MAX_SQL_LENGTH) {
    throw new QueryRefusedError(`The query is longer than ${MAX_SQL_LENGTH} characters.`);
  }
  const tokens = tokenise(sql);
  const last = tokens.at(-1);
  const end = last?.kind === 'symbol' && last.text === ';' ? last : undefined;
  const query = end ? tokens.slice(0, -1) : tokens;
  if (!openings.has(query[0]?.text ?? '')) {
    throw new QueryRefusedError('Only queries are possible: begin with SELECT or WITH.');
  }
  refuseForeignWords(query);
  refuseUnbalanced(query);
  query.forEach((token, index) => {
    if (!isName(token)) return;
    if (isSymbol(query[index + 1], '(')) refuseUnknownCall(query, index);
    else if (isSymbol(query[index - 1], '.')) refuseAttributeCall(token);
  });
  refuseGrowth(query);
  return {
    // A comment behind the semicolon goes with it.
    sql: end ? sql.slice(0, end.start) : sql,
    names: new Set(query.filter(isName).map(({ text }) => text)),
  };
}

const isName = ({ kind }: SqlToken): boolean => kind === 'word' || kind === 'quoted';

const isSymbol = (token: SqlToken | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text;

function refuseForeignWords(tokens: readonly SqlToken[]): void {
  for (const { kind, text } of tokens) {
    if (kind !== 'word' && kind !== 'quoted') continue;
    const name = text.toLowerCase();
    const isKeyword = kind === 'word' && forbiddenKeywords.has(name);
    if (isKeyword || forbiddenPrefix.test(name) || forbidden.has(name) || /[^\x20-\x7e]/.test(name)) {
      throw new QueryRefusedError(
        `"${name.slice(0, 63).replace(/[^\x20-\x7e]/g, '?')}" is not available here.`,
      );
    }
  }
}

function refuseUnbalanced(tokens: readonly SqlToken[]): void {
  let depth = 0;
  for (const { kind, text } of tokens) {
    if (kind !== 'symbol') continue;
    if (text === ';') throw new QueryRefusedError('Only one query at a time is possible.');
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth < 0) break;
  }
  if (depth !== 0) throw new QueryRefusedError('The parentheses of the query do not match.');
}

function refuseUnknownCall(tokens: readonly SqlToken[], index: number): void {
  const name = tokens[index]?.text ?? '';
  const before = tokens[index - 1];
  const isKeyword = tokens[index]?.kind === 'word' && (beforeParenthesis.has(name) || sizedTypes.has(name));
  // A name after AS or a closing parenthesis, or the first of WITH, is an alias with names for its columns.
  const isAlias =
    before !== undefined && ['as', ')', 'with'].includes(before.text) && before.kind !== 'quoted';
  if (isSymbol(before, '.'))
    throw new QueryRefusedError('Functions are called without the name of a schema.');
  if (!isKeyword && !isAlias && !functions.has(name)) {
    throw new QueryRefusedError(
      `The function "${name.slice(0, 63)}" is not available here. There are those for figures, texts and times.`,
    );
  }
}

/** `m.f` is `f(m)` where m has no column of that name. */
function refuseAttributeCall({ text }: SqlToken): void {
  if (!attributeFunctions.has(text)) return;
  throw new QueryRefusedError(
    `"${text}" behind a table's name is a function of whole rows, which is not available here. Name columns.`,
  );
}
