import { notes } from '@bulkhead/persistence';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { CANARY, escapes } from '../testing/escapes.ts';
import { openTestTables, type TestTables } from '../testing/test-tables.ts';

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
