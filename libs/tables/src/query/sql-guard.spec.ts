import fc from 'fast-check';
import { QueryRefusedError } from '../tables.errors.ts';
import { checkQuery } from './sql-guard.ts';
import { tokensOf } from './sql-tokens.ts';

const refusal = (sql: string): string => {
  try {
    checkQuery(sql);
    return '';
  } catch (error) {
    return error instanceof QueryRefusedError ? error.message : 'another error';
  }
};

describe('the check of a query', () => {
  it('tells the names that may be tables, as PostgreSQL folds them', () => {
    expect([...checkQuery('SELECT Cost FROM Usage u, "Other"').names]).toEqual(
      expect.arrayContaining(['usage', 'cost', 'Other']),
    );
  });

  it.each([
    ['select 1 ; -- end', 'select 1 '],
    ["select ';' ;", "select ';' "],
    ['select 1 -- ; not here', 'select 1 -- ; not here'],
    ['select 1 /* ; */', 'select 1 /* ; */'],
  ])('takes the semicolon at the end of %j, and no other', (sql, expected) => {
    expect(checkQuery(sql).sql).toBe(expected);
  });

  it('takes the semicolon off, whatever texts and comments stand before and behind it', () => {
    const piece = fc.constantFrom(
      ...[
        'select 1',
        ', 2',
        "'--'",
        "';'",
        "'/*'",
        "'it''s'",
        '"a;b"',
        '"--"',
        '/* ; */',
        '/* -- */',
        '-- ;\n',
        '+',
        '-',
      ],
    );
    const tail = fc.constantFrom('', ' ', '\n', '-- x', '--;;;', '/* ; */', ' /* -- */ -- ; \n', "-- '");
    fc.assert(
      fc.property(fc.array(piece), fc.array(tail), (pieces, tails) => {
        const query = `select ${pieces.join(' ')} 1`;
        const end = tails
          .map((text) => (text.startsWith('--') && !text.endsWith('\n') ? `${text}\n` : text))
          .join('');
        expect(checkQuery(`${query};${end}`).sql).toBe(query);
        expect(checkQuery(`${query} ${end}`).sql).toBe(`${query} ${end}`);
      }),
    );
  });

  it('takes a query apart once, however many semicolons it has', () => {
    const queries = fc
      .constantFrom(';', '--;', "';'", '/*;*/', ' ', ',1', '\n', '()')
      .chain((piece) =>
        fc
          .integer({ min: 0, max: 900 })
          .map((count) => `select 1${piece.repeat(count)};--${';'.repeat(count)}`),
      );
    fc.assert(
      fc.property(queries, (sql) => {
        let passes = 0;
        try {
          checkQuery(sql, (text) => {
            passes += 1;
            return tokensOf(text);
          });
        } catch (error) {
          expect(error).toBeInstanceOf(QueryRefusedError);
        }
        expect(passes).toBe(1);
      }),
    );
  });

  it.each([
    ['select m.row_to_json from mine m', '"row_to_json" behind'],
    ['select (m)."to_jsonb" from mine m', '"to_jsonb" behind'],
    ['select m . /* x */ pg_typeof from mine m', '"pg_typeof"'],
    ['select user', '"user" is not available'],
    ['select current_role', '"current_role" is not available'],
  ])('refuses what is called without parentheses: %s', (sql, words) => {
    expect(refusal(sql)).toContain(words);
  });

  it('takes a column that is called like a keyword, in quotes', () => {
    expect(refusal('select u."user", count(*) from usage u group by 1')).toBe('');
  });

  it('refuses whatever is called and not known, in any spelling', () => {
    const spelling = fc.constantFrom(
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => `"${name}"`,
      (name: string) => `pg_catalog.${name}`,
      (name: string) => `"pg_catalog" . "${name}"`,
    );
    const space = fc.constantFrom('', ' ', '\n', '\t', '/**/', '/* /* */ */', '-- x\n');
    const name = fc.constantFrom(
      'set_config',
      'query_to_xml',
      'pg_sleep',
      'lo_import',
      'dblink',
      'nextval',
      'f',
    );
    fc.assert(
      fc.property(name, spelling, space, (called, spell, gap) => {
        expect(refusal(`select ${spell(called)}${gap}('x')`)).not.toBe('');
      }),
    );
  });

  it('answers any text with a query or a refusal', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("'", '"', '--', '/*', '*/', '$$', ';', '(', ')', 'select'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(refusal(pieces.join(' '))).not.toBe('another error');
      }),
    );
  });
});
