import fc from 'fast-check';
import { QueryRefusedError } from '../tables.errors.ts';
import { checkQuery } from './sql-guard.ts';

const refusal = (sql: string): string => {
  try {
    checkQuery(sql);
    return '';
  } catch (error) {
    return error instanceof QueryRefusedError ? error.message : String(error);
  }
};
/** A query in a query in a query. */
const nested = (levels: number, expression: string): string =>
  Array.from({ length: levels }).reduce<string>(
    (sql) => `select ${expression} as t from (${sql}) x`,
    'select t from usage',
  );

describe('a query that could make much out of little', () => {
  it.each([
    ['a text joined to itself', nested(20, 't || t')],
    ['a text joined by a function', nested(20, 'concat(t, t)')],
    ['a text joined by a function with a separator', nested(20, 'concat_ws(t, t, t, t)')],
    ['a longer replacement', nested(6, "replace(t, 'a', 'aaaaaaaaaa')")],
    ['a replacement between all characters', nested(6, "regexp_replace(t, '', 'aaaaaaaaaa', 'g')")],
    ['a replacement that repeats what it found', nested(8, "regexp_replace(t, '.*', '\\&\\&\\&')")],
    ['a replacement by a column', "select replace(t, 'a', t) from usage"],
    ['a replacement by an expression', "select replace(t, 'a', 'b' || t) from usage"],
    ['a form that is a column', 'select to_char(n, t) from usage'],
    ['arrays of arrays', nested(20, 'array[t, t]::text')],
    ['rows of rows', nested(20, '(t, t)')],
    ['rows by name', nested(20, 'row(t, t)')],
    [
      'joined texts in many columns',
      `select ${Array.from({ length: 40 }, () => 't').join(', ')} from (${nested(8, 't || t')}) y`,
    ],
    [
      'joined texts in all columns, again and again',
      `select x.*, x.*, x.* from (${nested(6, 't || t || t')}) x`,
    ],
    ['texts gathered from all rows', "select string_agg(t, ',') from usage"],
    ['arrays gathered from all rows', 'select array_agg(t) from usage'],
    ['parts without end', Array.from({ length: 50 }, () => 'select t from usage').join(' union all ')],
  ])('is refused: %s', (_, sql) => {
    expect(refusal(sql)).not.toBe('');
  });

  it.each([
    "select model || ' / ' || feature as label, sum(cost), count(*) from usage group by 1 order by 2 desc",
    "select replace(replace(cost, '$', ''), ',', '.')::numeric, translate(t, 'abc', 'xyz') from usage",
    "select concat(a, ' ', b), regexp_replace(t, '[^0-9]', '', 'g'), to_char(time, 'YYYY-MM'), lower(t) from usage",
    `select * from usage where id in (${Array.from({ length: 1_000 }, (_, n) => n).join(', ')})`,
    `select ${Array.from({ length: 60 }, (_, n) => `sum(c${n})`).join(', ')} from usage`,
    'with a as (select model, sum(cost) c from usage group by 1), b as (select sum(c) s from a) select model, c / s, rank() over (order by c) from a, b',
    'select a, b from usage where (a, b) in (select a, max(b) from usage group by a)',
    "select * from usage u join prices p on u.model = p.model where u.t like '%a||b%'",
    'select a, b, sum(c) from usage group by grouping sets ((a, b), (a), ())',
  ])('is none as analysts write it: %s', (sql) => {
    expect(refusal(sql)).toBe('');
  });

  it('can make no text longer than its bound, whatever is nested how', () => {
    const step = fc.constantFrom<readonly [string, (length: number) => number]>(
      ['t || t', (length) => 2 * length],
      ["t || '-' || t", (length) => 2 * length + 1],
      ['concat(t, t, t)', (length) => 3 * length],
      ["replace(t, 'a', 'bbb')", (length) => 3 * length],
      ["regexp_replace(t, '', 'xy', 'g')", (length) => 3 * length + 2],
      ['lower(t)', (length) => length],
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const sql = steps.reduce(
          (inner, [text]) => `select ${text} as t from (${inner}) x`,
          'select t from usage',
        );
        const length = steps.reduce((before, [, grow]) => grow(before), 10_000);
        if (refusal(sql) === '') expect(length).toBeLessThanOrEqual(10_000 * 5_000 * 2);
      }),
    );
  });
});
