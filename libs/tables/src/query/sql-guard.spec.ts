import fc from 'fast-check';
import { QueryRefusedError } from '../tables.errors.ts';
import { checkQuery } from './sql-guard.ts';

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
