import { QueryRefusedError } from '../tables.errors.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol';

export interface SqlToken {
  readonly kind: TokenKind;
  /** A word in lower case, as PostgreSQL folds it; a quoted name without its quotes. */
  readonly text: string;
  /** Where it begins in the query. */
  readonly start: number;
}

/** In the order in which they are tried. Source: PostgreSQL's manual, "Lexical Structure". */
const lexemes: readonly (readonly [TokenKind | 'nothing', RegExp])[] = [
  ['nothing', /\s+|--[^\n]*(?:\n|$)/y],
  ['string', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")+"/y],
  ['word', /[a-z_][a-z0-9_]*/iy],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy],
  // A comment may begin within what looks like an operator.
  ['symbol', /::|(?:(?!--|\/\*)[-+*/<>=~!@#%^&|?])+|[(),.;:[\]]/y],
];
/** Before a quote, these change what stands between the quotes. */
const prefixed = /^(?:e|b|x|n|u&)['"]/i;
const MAX_COMMENT_DEPTH = 50;

/**
 * Takes a text apart as PostgreSQL would. What it could take apart in another way is refused: prefixed strings,
 * dollar quotes, parameters, and letters outside ASCII that are not within quotes.
 * @throws QueryRefusedError
 */
export function tokensOf(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length;) {
    if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at);
      continue;
    }
    if (prefixed.test(sql.slice(at, at + 3))) {
      throw new QueryRefusedError('Write strings in plain single quotes, without a letter before them.');
    }
    const [kind, lexeme] = lexemeAt(sql, at);
    if (kind !== 'nothing') tokens.push({ kind, text: textOf(kind, lexeme), start: at });
    at += lexeme.length;
  }
  return tokens;
}

function lexemeAt(sql: string, at: number): readonly [TokenKind | 'nothing', string] {
  for (const [kind, pattern] of lexemes) {
    pattern.lastIndex = at;
    const [lexeme] = pattern.exec(sql) ?? [];
    if (lexeme !== undefined) return [kind, lexeme];
  }
  throw new QueryRefusedError(`The query has a character at position ${at + 1} that is not known here.`);
}

function textOf(kind: TokenKind, lexeme: string): string {
  if (kind === 'word') return lexeme.toLowerCase();
  return kind === 'quoted' ? lexeme.slice(1, -1).replaceAll('""', '"') : lexeme;
}

/** Comments nest. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at += 1) {
    if (sql.startsWith('/*', at)) depth += 1;
    else if (sql.startsWith('*/', at)) depth -= 1;
    else continue;
    if (depth === 0) return at + 2;
    if (depth > MAX_COMMENT_DEPTH) break;
    at += 1;
  }
  throw new QueryRefusedError('A comment has no end.');
}
