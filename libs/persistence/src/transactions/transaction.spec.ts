import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { DatabaseUnavailableError, notes, UserTransactions, type UserTransaction } from '../index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';
import { sqlStateOf } from '../sql/sql-state.ts';
import { inTransaction } from './transaction.ts';

let test: TestDatabase;
let ada: Identity;
beforeAll(async () => {
  test = await openTestDatabase();
  ada = await test.signUp();
});
afterAll(() => test.close());

/** The driver's types do not know what its connections are made of. */
type Lent = pg.PoolClient & { readonly connection: EventEmitter };
type Row = { pid: number };
const backendOf = async (client: pg.ClientBase): Promise<number> =>
  (await client.query<Row>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
const backendOfTransaction = async ({ db }: Pick<UserTransaction, 'db'>): Promise<number> =>
  (await db.execute<Row>(sql`select pg_backend_pid() as pid`)).rows[0]?.pid ?? 0;
/** Ends a connection as a restart of the database does, and waits until it is gone. */
const terminate = (pid: number) =>
  test.asAdmin((admin) => admin.query('select pg_terminate_backend($1, 5000)', [pid]));
/** Settles when a connection is there no more. */
const gone = (pid: number) =>
  test.asAdmin(async (admin) => {
    const isThere = async (): Promise<boolean> =>
      (await admin.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 1;
    while (await isThere()) await delay(20);
  });
const run = <R>(work: (transaction: UserTransaction) => Promise<R>): Promise<R> =>
  test.transactions.run(aContext(ada).build(), work);
const addNote = ({ db }: UserTransaction, text: string) => {
  const { requestId, userId } = aContext(ada).build();
  return db.insert(notes).values({ noteId: requestId, userId, text, idempotencyKey: requestId });
};
const storedTexts = () => run(async ({ db }) => (await db.select().from(notes)).map(({ text }) => text));

describe('a transaction whose connection breaks', () => {
  it('reports that the database is unavailable, stores nothing, and may be tried again', async () => {
    const work = run(async (transaction) => {
      await addNote(transaction, 'before the loss');
      await terminate(await backendOfTransaction(transaction));
      await addNote(transaction, 'after the loss');
    });
    await expect(work).rejects.toThrow(DatabaseUnavailableError);
    expect(await storedTexts()).toEqual([]);
  });

  it('is ended by the database when it does nothing for long: a frozen process keeps no locks', async () => {
    const limit = await run(({ db }) =>
      db.execute<{ seconds: number }>(
        sql`select extract(epoch from current_setting('idle_in_transaction_session_timeout')::interval)::int as seconds`,
      ),
    );
    expect(limit.rows).toEqual([{ seconds: 10 }]);
    const work = run(async (transaction) => {
      await addNote(transaction, 'before the sleep');
      await transaction.db.execute(sql`set local idle_in_transaction_session_timeout = 50`);
      await gone(await backendOfTransaction(transaction));
      await addNote(transaction, 'after the sleep');
    });
    await expect(work).rejects.toThrow(DatabaseUnavailableError);
    expect(await storedTexts()).toEqual([]);
  });

  it('reports it also when the loss shows only at the commit', async () => {
    const work = run(async (transaction) => {
      await addNote(transaction, 'uncommitted');
      await terminate(await backendOfTransaction(transaction));
    });
    await expect(work).rejects.toThrow(DatabaseUnavailableError);
    expect(await storedTexts()).toEqual([]);
  });

  it('gives its connection to nobody else, and leaves no listener on one that is well', async () => {
    let client: pg.PoolClient | undefined;
    const use = (work: (client: pg.PoolClient) => Promise<unknown>) =>
      inTransaction(test.database.pool, ['BEGIN'], async (it) => work((client = it)));
    await use(backendOf);
    const [broken, listeners] = [client, client?.listenerCount('error')];
    await use(backendOf);
    expect([client === broken, client?.listenerCount('error')]).toEqual([true, listeners]);
    const lost = use(async (it) => terminate(await backendOf(it)));
    await expect(lost).rejects.toThrow(DatabaseUnavailableError);
    for (let turn = 0; turn < 3; turn++) {
      await use(backendOf);
      expect(client).not.toBe(broken);
    }
  });

  it('reports it also when the loss came before the first query, while the connection was being lent', async () => {
    const select = () => test.transactions.statement(aContext(ada).build(), () => 'SELECT 1 AS one');
    test.database.pool.once('acquire', (client: Lent) => {
      client.once('error', () => undefined);
      client.connection.emit('error', new Error('gone'));
    });
    await expect(select()).rejects.toThrow(DatabaseUnavailableError);
    expect(await select()).toEqual([{ one: 1 }]);
  });

  it('fails a query that waits for its answer', async () => {
    const slow = run(async ({ db }) => {
      const pid = await backendOfTransaction({ db });
      await Promise.all([db.execute(sql`select pg_sleep(60)`), terminate(pid)]);
    });
    await expect(slow).rejects.toThrow(DatabaseUnavailableError);
  });
});

describe('a transaction on a healthy connection', () => {
  it('throws what its work throws, and keeps the connection', async () => {
    const before = await run(backendOfTransaction);
    const failure = new Error('no');
    await expect(run(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(await run(backendOfTransaction)).toBe(before);
  });

  it('tells a failed query by its SQLSTATE, however deep it is wrapped', async () => {
    const failure = await run(({ db }) => db.execute(sql`select 1 / 0`)).catch((error: unknown) => error);
    expect(sqlStateOf(new Error('outer', { cause: failure }))).toBe('22012');
    expect(sqlStateOf(new Error('no database involved'))).toBeUndefined();
  });

  it('calls back after the commit, in order, when everything can be read by others', async () => {
    const calls: string[] = [];
    await run(async (transaction) => {
      await addNote(transaction, 'committed');
      transaction.afterCommit(() => calls.push('first'));
      transaction.afterCommit(() => calls.push('second'));
      expect(calls).toEqual([]);
    });
    expect(calls).toEqual(['first', 'second']);
    expect(await storedTexts()).toEqual(['committed']);
  });

  it.each([
    ['its work fails', () => Promise.reject(new Error('no'))],
    ['a query fails', ({ db }: UserTransaction) => db.execute(sql`select 1 / 0`)],
    [
      'a query failed unnoticed',
      async ({ db }: UserTransaction) => db.execute(sql`select 1 / 0`).catch(() => undefined),
    ],
  ])('never calls back when %s', async (_, work) => {
    const calls: string[] = [];
    const outcome = run(async (transaction) => {
      transaction.afterCommit(() => calls.push('called'));
      return work(transaction);
    });
    await expect(outcome).rejects.toThrow();
    expect(calls).toEqual([]);
  });
});

describe('a burst of one user', () => {
  it('leaves connections to the others, waits for its turn, and is served to the end', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const burst = Array.from({ length: 3 * test.options.poolSize }, () => run(() => gate));
    const bob = aContext(await test.signUp()).build();
    // While all of the burst is held or waits.
    await expect(test.transactions.run(bob, backendOfTransaction)).resolves.toEqual(expect.any(Number));
    open();
    await expect(Promise.all(burst)).resolves.toHaveLength(3 * test.options.poolSize);
  });
});

describe('without a database', () => {
  it('a transaction reports that it is unavailable, and pings fail', async () => {
    const other = await openTestDatabase();
    const transactions = new UserTransactions(other.database);
    await other.close();
    const work = transactions.run(aContext(ada).build(), () => Promise.resolve());
    await expect(work).rejects.toThrow(DatabaseUnavailableError);
    await expect(other.database.ping()).rejects.toThrow(DatabaseUnavailableError);
  });
});
