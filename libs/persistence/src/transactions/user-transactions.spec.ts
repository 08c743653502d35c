import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { UserExecutionContext, type Identity } from '@bulkhead/user-context';
import { aContext, aLookAlike } from '@bulkhead/user-context/testing';
import { asQueueRole, notes, sqlStateOf, threads, type Statement } from '../index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let test: TestDatabase;
let ada: Identity;
let ben: Identity;

const noteBy = (context: UserExecutionContext, text: string, userId: string = context.userId) =>
  test.transactions.run(context, ({ db }) =>
    db.insert(notes).values({ noteId: context.requestId, userId, text, idempotencyKey: context.requestId }),
  );
const textsSeenBy = (context: UserExecutionContext) =>
  test.transactions.run(context, async ({ db }) => (await db.select().from(notes)).map(({ text }) => text));

beforeAll(async () => {
  test = await openTestDatabase();
  [ada, ben] = await Promise.all([test.signUp(), test.signUp()]);
  await noteBy(aContext(ada).build(), 'of Ada');
  await noteBy(aContext(ben).build(), 'of Ben');
});
afterAll(() => test.close());

describe('a user transaction', () => {
  it("shows a query without WHERE only its user's rows", async () => {
    expect(await textsSeenBy(aContext(ada).build())).toEqual(['of Ada']);
    expect(await textsSeenBy(aContext(ben).build())).toEqual(['of Ben']);
  });

  it("refuses to store a row in another user's name", async () => {
    await expect(noteBy(aContext(ada).build(), 'forged', ben.userId)).rejects.toThrow();
    expect(await textsSeenBy(aContext(ben).build())).toEqual(['of Ben']);
  });

  it("can't change or delete another user's rows", async () => {
    const changed = await test.transactions.run(aContext(ada).build(), async ({ db }) => [
      await db.update(notes).set({ text: 'taken' }),
      await db.delete(notes).where(sql`user_id = ${ben.userId}`),
    ]);
    expect(changed.map(({ rowCount }) => rowCount)).toEqual([1, 0]);
    expect(await textsSeenBy(aContext(ben).build())).toEqual(['of Ben']);
  });

  it("answers a foreign key on another user's thread as one on no thread", async () => {
    const context = aContext(ben).build();
    await test.transactions.run(context, ({ db }) =>
      db.insert(threads).values({ threadId: context.threadId, userId: ben.userId }),
    );
    const failureOn = (threadId: string) =>
      test.transactions
        .run(aContext(ada).build(), ({ db }) =>
          db.execute(sql`insert into bulkhead.runs (run_id, user_id, thread_id, agent_name, state)
            values (gen_random_uuid(), ${ada.userId}, ${threadId}, 'assistant', 'queued')`),
        )
        .catch(sqlStateOf);
    expect(await failureOn(context.threadId)).toBe('23503');
    expect(await failureOn(aContext().build().threadId)).toBe('23503');
  });

  it('rolls back everything when its work fails', async () => {
    const context = aContext(ada).build();
    const work = test.transactions.run(context, async ({ db }) => {
      await db
        .insert(notes)
        .values({ noteId: context.requestId, userId: ada.userId, text: 'x', idempotencyKey: 'x' });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await textsSeenBy(aContext(ada).build())).not.toContain('x');
  });

  it('leaves neither role nor user on the pooled connection', async () => {
    await textsSeenBy(aContext(ada).build());
    const { rows } = await test.database.pool.query<{ role: string; user: string }>(
      `select current_user as role, current_setting('app.user_id', true) as user`,
    );
    expect(rows).toEqual([{ role: 'bulkhead_login', user: '' }]);
  });

  it('keeps users apart on shared connections under load', async () => {
    const users = [ada, ben];
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const identity = users[index % 2] ?? ada;
        const rows = await test.transactions.run(aContext(identity).build(), ({ db }) =>
          db.select().from(notes),
        );
        return rows.every(({ userId }) => userId === identity.userId);
      }),
    );
    expect(seen.every(Boolean)).toBe(true);
  });

  it('can do something as the engine, and can see nothing of the product meanwhile', async () => {
    const who: Statement = () => 'select current_user as role';
    const rows = await test.transactions.run(aContext(ada).build(), ({ send }) =>
      send<{ role: string }>(who, asQueueRole(who), who),
    );
    const roles = ['bulkhead_app', 'bulkhead_engine', 'bulkhead_app'];
    expect(rows.flat()).toEqual(roles.map((role) => ({ role })));
    const peek = test.transactions.run(aContext(ada).build(), ({ send }) =>
      send(asQueueRole(() => 'select * from bulkhead.notes')),
    );
    await expect(peek).rejects.toThrow('permission denied');
  });

  it('takes statements with its beginning and with its commit, and vanishes when one of them fails', async () => {
    const context = aContext(ada).build();
    const insert =
      (id: string): Statement =>
      (literal) =>
        `insert into bulkhead.notes (note_id, user_id, text, idempotency_key)
         values (${literal(id)}, ${literal(ada.userId)}, 'n', ${literal(id)}) returning text`;
    const count = () => test.transactions.run(context, ({ db }) => db.$count(notes));
    const before = await count();
    const committed: string[] = [];
    const write = (last: Statement) =>
      test.transactions.run(
        context,
        ({ opened, atCommit, afterCommit }) => {
          expect(opened).toEqual([{ text: 'n' }]);
          atCommit(insert(randomUUID()));
          atCommit(last);
          afterCommit(() => committed.push('heard'));
          return Promise.resolve();
        },
        { first: [insert(randomUUID())] },
      );
    await expect(write(() => 'select 1/0')).rejects.toThrow('division by zero');
    expect([await count(), committed]).toEqual([before, []]);
    await write(() => 'select 1');
    expect([await count(), committed]).toEqual([before + 2, ['heard']]);
  });
});

describe('outside a user transaction', () => {
  it('the server login can read no table', async () => {
    await expect(test.database.pool.query('select * from bulkhead.notes')).rejects.toThrow(
      'permission denied',
    );
  });

  it('the app role without a user gets an error instead of rows', async () => {
    const client = await test.database.pool.connect();
    try {
      await client.query('BEGIN; SET LOCAL ROLE bulkhead_app');
      await expect(client.query('select * from bulkhead.notes')).rejects.toThrow();
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('a look-alike of a context opens nothing', async () => {
    const forged = aLookAlike(aContext(ben).build());
    expect(() => UserExecutionContext.verify(forged)).toThrow('not a UserExecutionContext');
    await expect(test.transactions.run(forged as never, () => Promise.resolve())).rejects.toThrow();
  });
});
