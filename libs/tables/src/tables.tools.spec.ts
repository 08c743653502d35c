import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolDispatcher } from '@bulkhead/tools';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { openTestTables, type TestTables } from './testing/test-tables.ts';

let test: TestTables;
let ada: Identity;
beforeAll(async () => {
  test = await openTestTables({ maxResultRows: 120 });
  ada = await test.signUp();
  const rows = Array.from({ length: 300 }, (_, n) => `2026-01-01,m${n % 3},${n}`);
  await test.upload(ada, 'usage', ['time,model,cost', ...rows].join('\n'));
});
afterAll(() => test.close());

/** Calls a tool as an agent does. */
const call = async (toolName: string, args: object, user = ada, signal = new AbortController().signal) => {
  const { threadId, runId } = await test.events.openRun(user);
  const caller = { agentName: 'assistant', permittedTools: [toolName] };
  return test.events.scopes.run(
    aContext(user).on({ threadId, runId }).build(),
    ToolDispatcher,
    (dispatcher) =>
      dispatcher.execute(caller, { toolCallId: randomUUID(), toolName, arguments: args }, signal),
  );
};
const columns = [
  { name: 'time', header: 'time', type: 'timestamp' },
  { name: 'model', header: 'model', type: 'text' },
  { name: 'cost', header: 'cost', type: 'integer' },
];

describe('the tools for tables', () => {
  it("list the user's tables", async () => {
    expect((await call('tables_list', {})).result).toEqual({
      tables: [{ table: 'usage', rows: 300, columns }],
    });
    expect((await call('tables_list', {}, await test.signUp())).result).toEqual({ tables: [] });
  });

  it('describe a table with some of its rows', async () => {
    const { result } = await call('tables_describe', { table: 'usage' });
    expect(result).toMatchObject({ columns, sample: { length: 5, 0: ['2026-01-01T00:00:00Z', 'm0', 0] } });
  });

  it.each(['secret', 'usage;', 'usage"', '(select 1)'])('know no table %j', async (table) => {
    const { problem } = await call('tables_describe', { table });
    expect(problem).toMatchObject({ code: 'tool_refused', field: 'table' });
  });

  it('answer a query with typed rows', async () => {
    const sql =
      'select model, sum(cost) as total, avg(cost) > 1 as high from usage group by model order by 1;';
    expect((await call('tables_query', { sql })).result).toEqual({
      columns: [
        { name: 'model', type: 'text' },
        { name: 'total', type: 'number' },
        { name: 'high', type: 'boolean' },
      ],
      rows: [
        ['m0', 14_850, true],
        ['m1', 14_950, true],
        ['m2', 15_050, true],
      ],
    });
  });

  it.each([
    'with a as (select model, cost from usage), b as (select sum(cost) s from a) select count(*), max(s) from a, b',
    'select count(*) filter (where cost > 3), percentile_cont(0.5) within group (order by cost) from usage',
    `select u.model, "v"."model" from usage u join usage as v using (time) limit 1 -- a comment`,
    'select model, row_number() over (partition by model order by cost desc) from usage limit 2',
    `select x, y from (values (1, 'a;b'), (2, 'it''s')) as t(x, y) /* a ; comment */ ;`,
    "select case when cost in (1, 2) then 'a' else 'b' end, cost::numeric(10,2) from usage limit 1",
    "select date_trunc('month', time), extract(year from time), interval '1 day' from usage limit 1",
  ])('take SQL as analysts write it: %s', async (sql) => {
    expect(await call('tables_query', { sql })).toMatchObject({ outcome: 'succeeded' });
  });

  it('cut long answers, and say so', async () => {
    const { result } = await call('tables_query', { sql: 'select * from usage' });
    expect(result).toMatchObject({
      rows: { length: 120 },
      truncated: expect.stringContaining('first 120 rows'),
    });
    const wide = `select ${Array.from({ length: 20 }, () => "translate(model, 'm', 'x')").join(', ')} from usage`;
    expect(JSON.stringify((await call('tables_query', { sql: wide })).result).length).toBeLessThan(65_536);
  });

  it.each([
    ['select nothing from usage', 'column "nothing" does not exist'],
    ['select * from usages', 'relation "usages" does not exist'],
    ['select cost / 0 from usage', 'division by zero'],
    ['delete from usage', 'begin with SELECT or WITH'],
    ['select pg_sleep(1)', '"pg_sleep" is not available here'],
  ])('say what is wrong with %s', async (sql, words) => {
    const { outcome, problem } = await call('tables_query', { sql });
    expect([outcome, problem?.code, problem?.detail]).toEqual([
      'failed',
      'query_refused',
      expect.stringContaining(words),
    ]);
  });

  it('say why a column of figures is text', async () => {
    await test.upload(ada, 'odd', 'model,cost\na,1.5\nb,much\nc,2\n');
    const { problem } = await call('tables_query', { sql: 'select sum(cost) from odd' });
    expect(problem?.detail).toContain(
      'odd.cost: Text, not numbers: 1 of 3 cells is something else (line 3: letters).',
    );
    expect((await call('tables_list', {})).result).toMatchObject({
      tables: expect.arrayContaining([expect.objectContaining({ table: 'odd' })]),
    });
  });

  it('give figures exactly, as text where a number would round them', async () => {
    await test.upload(ada, 'exact', 'a,b\n0.12345678901234567890,1.50\n');
    const { result } = await call('tables_query', { sql: 'select a, b, a + b, 0.1::float8 from exact' });
    expect(result).toMatchObject({ rows: [['0.12345678901234567890', 1.5, '1.62345678901234567890', 0.1]] });
  });

  it('stop when the run is cancelled, and leave nothing running in the database', async () => {
    const cancelling = new AbortController();
    const sql = `select count(*) from ${'abcde'
      .split('')
      .map((alias) => `usage ${alias}`)
      .join(', ')}`;
    const report = call('tables_query', { sql }, ada, cancelling.signal);
    while ((await test.countRunning()) === 0) await sleep(20);
    cancelling.abort(new Error('cancelled'));
    expect((await report).outcome).toBe('cancelled');
    while ((await test.countRunning()) > 0) await sleep(20);
    expect((await call('tables_query', { sql: 'select 1' })).outcome).toBe('succeeded');
  });
});
