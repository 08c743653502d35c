import { setTimeout as sleep } from 'node:timers/promises';
import { notes } from '@bulkhead/persistence';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import pg from 'pg';
import { CANARY, escapes } from '../testing/escapes.ts';
import { openTestTables, type TestTables } from '../testing/test-tables.ts';
import { checkQuery } from './sql-guard.ts';
import { functions } from './sql-vocabulary.ts';

let test: TestTables;
let ada: Identity;
let foreign: { readonly tableId: string; readonly user: Identity };
beforeAll(async () => {
  test = await openTestTables({ queryTimeoutMs: 250 });
  ada = await test.signUp();
  const ben = await test.signUp();
  await test.upload(
    ada,
    'mine',
    `word,number\n${Array.from({ length: 200 }, (_, n) => `w,${n}`).join('\n')}`,
  );
  const { tableId } = await test.upload(ben, `secret_${CANARY}`, `${CANARY},b\n${CANARY},${CANARY}\n`);
  const { userId } = ben;
  await test.events.database.transactions.run(aContext(ben).build(), ({ db }) =>
    db.insert(notes).values({ noteId: tableId, userId, text: CANARY, idempotencyKey: '1' }),
  );
  foreign = { tableId, user: ben };
});
afterAll(() => test.close());

const attempts = Object.entries(escapes).flatMap(([kind, texts]) =>
  texts.map((text) => [kind, text] as const),
);
const textOf = (sql: string): string =>
  sql.replaceAll('{foreign}', foreign.tableId).replaceAll('{user}', foreign.user.userId);

/** Everything that a write could change, as a superuser sees it. */
const state = () =>
  test.events.database.asAdmin(async (admin) => {
    const one = async (sql: string) => (await admin.query<Record<string, unknown>>(sql)).rows;
    const tables = await one(
      `select table_schema || '.' || table_name as name from information_schema.tables
        where table_schema not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
    );
    const counts: unknown[] = [];
    for (const { name } of tables) {
      if (name !== 'bulkhead.query_grants')
        counts.push([name, await one(`select count(*) from ${String(name)}`)]);
    }
    return {
      counts,
      rows: await one('select md5(string_agg(r::text, $$,$$ order by r::text)) from bulkhead.table_rows r'),
      roles: await one(`select rolname, rolsuper, rolconfig from pg_roles order by 1`),
      members: await one(
        'select roleid::regrole::text, member::regrole::text from pg_auth_members order by 1, 2',
      ),
      functions: await one(`select count(*) from pg_proc`),
      objects: await one('select count(*) from pg_largeobject_metadata'),
      locks: await one(`select count(*) from pg_locks l join pg_stat_activity a using (pid)
        where a.usename = 'bulkhead_query' and l.locktype = 'advisory'`),
    };
  });

/** What came of an attempt: an answer, or the words of its refusal. */
const outcomeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    (answer) => JSON.stringify(answer),
    (error: unknown) => `refused: ${String(error)}`,
  );
/** What an attempt already says itself, and its refusal may repeat. */
const isLeak = (outcome: string, sql: string): boolean =>
  outcome.replaceAll(sql, '').includes(CANARY) && !sql.includes(CANARY) && !sql.includes('canary_');

describe(`${attempts.length} attempts to read or change more than one's own tables`, () => {
  it('are 200 and more, each once', () => {
    expect(new Set(attempts.map(([, sql]) => sql)).size).toBeGreaterThanOrEqual(200);
  });

  it('yield nothing of others and write nothing', async () => {
    const before = await state();
    const answered: string[] = [];
    for (const [, sql] of attempts) {
      const outcome = await outcomeOf(test.query(ada, textOf(sql)));
      expect([sql, isLeak(outcome, sql)]).toEqual([sql, false]);
      if (!outcome.startsWith('refused: QueryRefusedError')) answered.push(sql);
    }
    expect(await state()).toEqual(before);
    // What is not refused is harmless: it stays within the parentheses, or is arithmetic.
    expect(answered).toEqual(harmless);
  }, 120_000);

  it('yield nothing of others and write nothing when the check of the text is left out', async () => {
    const before = await state();
    for (const [, sql] of attempts) {
      const outcome = await outcomeOf(raw(ada, textOf(sql)));
      expect([sql, isLeak(outcome, sql)]).toEqual([sql, false]);
    }
    expect(await state()).toEqual(before);
    expect((await test.query(ada, 'select count(*) from mine')).rows).toEqual([[200]]);
  }, 120_000);

  it('would be seen: with a policy that lets others in, the same attempts leak', async () => {
    const asAdmin = (sql: string) => test.events.database.asAdmin((admin) => admin.query(sql));
    await asAdmin('create policy defect on bulkhead.table_rows for select to bulkhead_query using (true)');
    try {
      const outcomes = await Promise.all(
        (escapes['rows of other users'] ?? []).map(async (sql) =>
          isLeak(await outcomeOf(raw(ada, textOf(sql))), sql),
        ),
      );
      expect(outcomes).toContain(true);
    } finally {
      await asAdmin('drop policy defect on bulkhead.table_rows');
    }
  });
});

/** As the server asks, but with the text as it is. */
const raw = (user: Identity, sql: string) =>
  test.as(user, (session) =>
    test.connections.run(session, new AbortController().signal, async (ask) => (await ask(sql)).rows),
  );
const harmless = [
  'select 1 --) as answer',
  "select 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' ~ '^((a+)+)+$'",
  'select 2::numeric ^ 100000',
];

describe('attribute notation', () => {
  it('calls nothing of the catalog that is not on the list', async () => {
    const names = await test.events.database.asAdmin(async (admin) => {
      await admin.query('create temp table mine (word text, number bigint)');
      const { rows } = await admin.query<{ name: string }>(
        `select distinct proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace
          union select typname from pg_type where typnamespace = 'pg_catalog'::regnamespace`,
      );
      const callable: string[] = [];
      for (const { name } of rows) {
        const sql = `prepare attribute as select m.${pg.escapeIdentifier(name)} from mine m`;
        const isCalled = await admin.query(sql).then(
          () => true,
          () => false,
        );
        if (isCalled) await admin.query('deallocate attribute');
        if (isCalled) callable.push(name);
      }
      return callable;
    });
    expect(names.length).toBeGreaterThan(20);
    for (const name of names.filter((candidate) => !functions.has(candidate))) {
      expect(() => checkQuery(`select m.${pg.escapeIdentifier(name)} from mine m`)).toThrow(
        'not available here',
      );
    }
  }, 60_000);
});

describe('what a query may take', () => {
  // Each is refused by the check of the text; here it gets through.
  const grown = Array.from({ length: 14 }).reduce<string>(
    (inner) => `select t || t as t from (${inner} offset 0) x`,
    "select repeat('0123456789', 1000)::text as t",
  );
  it('in memory is bounded, and a query beyond it fails alone', async () => {
    const columns = Array.from({ length: 12 }, (_, n) => `t || 'i' as c${n}`).join(', ');
    const work = raw(ada, `select length(x::text) from (select ${columns} from (${grown}) y offset 0) x`);
    await expect(work).rejects.toThrow('out of memory');
    expect((await test.query(ada, 'select count(*) from mine')).rows).toEqual([[200]]);
  });

  it('in time is one limit for all of its statements', async () => {
    const asked = test.as(ada, (session) =>
      test.connections.run(session, new AbortController().signal, async (ask) => {
        for (let n = 0; n < 1_000; n += 1) await ask('select pg_catalog.pg_sleep(0.002)');
      }),
    );
    await expect(asked).rejects.toMatchObject({ code: '57014' });
  }, 30_000);

  it.each([
    "select repeat('a', 5000) ~ '(a*)*b'",
    "select repeat('a', 5000) ~ '(a|aa)+$b'",
    "select repeat('ab', 3000) ~ '^(.*)(.*)(.*)(.*)(.*)\\1\\2\\3x$'",
    "select regexp_replace(repeat('a', 6000), '(a+)+\\1x', 'b', 'g')",
    "select repeat('a', 5000) similar to '(a|aa)*b'",
  ])('in time includes regular expressions: %s', async (sql) => {
    const outcome = await outcomeOf(raw(ada, sql));
    expect(outcome).toMatch(/^\[\[|statement timeout|too complex/);
    expect((await test.query(ada, 'select count(*) from mine')).rows).toEqual([[200]]);
  });

  it('of places is half of them: another user is served meanwhile', async () => {
    const slow = Array.from({ length: 8 }, () =>
      outcomeOf(test.query(ada, 'select count(*) from mine a, mine b, mine c, mine d, mine e')),
    );
    while ((await test.countRunning()) === 0) await sleep(5);
    let isServed = false;
    const ben = await test.signUp();
    await test.upload(ben, 'mine', 'a\n1\n');
    const served = test.query(ben, 'select a from mine').then(() => (isServed = true));
    await Promise.race([served, Promise.all(slow)]);
    expect(isServed).toBe(true);
    await Promise.all(slow);
  });
});

describe('a query that would go on for minutes', () => {
  it('is ended when its time is over, and says so', async () => {
    const sql = 'select count(*) from mine a, mine b, mine c, mine d, mine e';
    await expect(test.query(ada, sql)).rejects.toThrow('took longer than 250 ms');
    expect((await test.query(ada, 'select count(*) from mine')).rows).toEqual([[200]]);
  });
});

describe('the grant of a query', () => {
  it('is for its own transaction: outside of one, and for everybody else, there are no rows', async () => {
    const seen = await test.as(ada, (session) =>
      test.connections.run(session, new AbortController().signal, async (ask) => {
        const own = (await ask('select count(*)::text from bulkhead.table_rows')).rows;
        await ask('ROLLBACK');
        const without = (await ask('select count(*)::text from bulkhead.table_rows')).rows;
        await ask('BEGIN READ ONLY');
        return [own, without, (await ask('select count(*)::text from bulkhead.table_rows')).rows];
      }),
    );
    expect(seen).toEqual([[['200']], [['0']], [['0']]]);
  });

  it('can not be written for another user', async () => {
    const work = test.as(ada, (session) =>
      session.statement(
        (literal) =>
          `insert into bulkhead.query_grants values (${literal(foreign.user.userId)}, 1, now()) returning 1`,
      ),
    );
    await expect(work).rejects.toThrow('row-level security');
  });

  it('keeps users apart who ask at the same time', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => test.signUp()));
    for (const user of users) await test.upload(user, 'mine', `id\n${user.userId}`);
    const asked = Array.from({ length: 60 }, (_, index) => users[index % users.length] ?? ada);
    const answers = await Promise.all(asked.map((user) => test.query(user, 'select id from mine')));
    expect(answers.map(({ rows }) => rows)).toEqual(asked.map(({ userId }) => [[userId]]));
  });
});
