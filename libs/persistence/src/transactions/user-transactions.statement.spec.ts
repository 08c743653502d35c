import type { Identity } from '@bulkhead/user-context';
import { aContext, aLookAlike } from '@bulkhead/user-context/testing';
import type pg from 'pg';
import { DatabaseUnavailableError, notes, sqlStateOf } from '../index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let test: TestDatabase;
let ada: Identity;
let ben: Identity;
beforeAll(async () => {
  test = await openTestDatabase();
  [ada, ben] = await Promise.all([test.signUp(), test.signUp()]);
  await Promise.all([addNote(ada, 'of Ada'), addNote(ben, 'of Ben')]);
});
afterAll(() => test.close());

type Note = { text: string };
const addNote = (owner: Identity, text: string, context = aContext(owner).build()) =>
  test.transactions.statement<Note>(
    context,
    (literal) =>
      `insert into bulkhead.notes (note_id, user_id, text, idempotency_key)
       values (${literal(context.requestId)}, ${literal(owner.userId)}, ${literal(text)}, ${literal(context.requestId)})
       returning text`,
  );
const query = <Row>(owner: Identity, sql: string) =>
  test.transactions.statement<Row>(aContext(owner).build(), () => sql);
const textsOf = async (owner: Identity) =>
  (await query<Note>(owner, 'select text from bulkhead.notes order by created_at')).map(({ text }) => text);

/** Ends the connection that sleeps, once it does. */
async function terminateSleeper(admin: pg.Client): Promise<void> {
  for (let ended = 0; ended === 0;) {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`,
    );
    ended = rowCount ?? 0;
  }
}

describe('a single statement', () => {
  it("shows a query without WHERE only its user's rows", async () => {
    expect(await textsOf(ada)).toEqual(['of Ada']);
    expect(await textsOf(ben)).toEqual(['of Ben']);
  });

  it('takes values of every kind, which can be nothing else than values', async () => {
    const [row] = await test.transactions.statement(
      aContext(ada).build(),
      (literal) =>
        `select 1 -${literal(-1)}::int as number, ${literal(2n ** 60n)}::bigint as large,
                ${literal(true)}::boolean as yes, ${literal(null)}::text as nothing`,
    );
    expect(row).toEqual({ number: 2, large: String(2n ** 60n), yes: true, nothing: null });
  });

  it("refuses to store a row in another user's name", async () => {
    const forged = addNote(ben, 'forged', aContext(ada).build());
    await expect(forged).rejects.toThrow('row-level security');
    expect(await textsOf(ben)).toEqual(['of Ben']);
  });

  it("stores a text as it is, whatever it looks like, and returns the statement's own rows", async () => {
    const hostile = `'; drop table bulkhead.notes; -- \\' $1 ; E'\\\\ "x" 🌊 ${'\n'}`;
    expect(await addNote(ada, hostile)).toEqual([{ text: hostile }]);
    const { transactions } = test;
    const read = await transactions.run(aContext(ada).build(), ({ db }) => db.select().from(notes));
    expect(read.map(({ text }) => text)).toContain(hostile);
  });

  it('leaves neither role nor user on the pooled connection, also when it fails', async () => {
    const state = await query(ada, 'select 1 / 0').catch(sqlStateOf);
    expect(state).toBe('22012');
    await textsOf(ada);
    const { rows } = await test.database.pool.query<{ role: string; user: string }>(
      `select current_user as role, current_setting('app.user_id', true) as user`,
    );
    expect(rows).toEqual([{ role: 'bulkhead_login', user: '' }]);
  });

  it('keeps users apart on shared connections under load', async () => {
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const owner = index % 2 ? ada : ben;
        const rows = await query<{ user_id: string }>(owner, 'select user_id from bulkhead.notes');
        return rows.length > 0 && rows.every(({ user_id: userId }) => userId === owner.userId);
      }),
    );
    expect(seen.every(Boolean)).toBe(true);
  });

  it('reports a connection that breaks, and the next one has a connection that works', async () => {
    const lost = expect(query(ada, 'select pg_sleep(60)')).rejects.toThrow(DatabaseUnavailableError);
    await test.asAdmin(terminateSleeper);
    await lost;
    expect(await textsOf(ben)).toEqual(['of Ben']);
  });

  it('is refused to a look-alike of a context', async () => {
    const forged = aLookAlike(aContext(ben).build()) as never;
    const attempt = test.transactions.statement(forged, () => 'select 1');
    await expect(attempt).rejects.toThrow('not a UserExecutionContext');
  });
});
