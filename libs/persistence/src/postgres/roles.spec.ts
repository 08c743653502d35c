import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';
import { openClient } from './connections.ts';
import { migrateDatabase, type PreparedDatabase } from './migrations.ts';

let test: TestDatabase;
let logins: PreparedDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
  logins = await migrateDatabase(test.adminUrl);
});
afterAll(() => test.close());

const withPassword = (url: string, password: string) => Object.assign(new URL(url), { password }).href;
async function asLogin<R extends pg.QueryResultRow>(url: string, sql: string): Promise<R[]> {
  const client = openClient(url);
  try {
    await client.connect();
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}
const whoIs = async (url: string) =>
  (await asLogin<{ who: string }>(url, 'select current_user as who'))[0]?.who;
/** The administrator's URL as it is now. */
let current: string;
beforeAll(() => (current = test.adminUrl));
/** What the administrator of the database does when the password of DATABASE_URL is to change. */
async function rotate(password: string): Promise<string> {
  await asLogin(current, `alter role postgres password '${password}'`);
  return (current = withPassword(test.adminUrl, encodeURIComponent(password)));
}

describe("the server's own logins", () => {
  it('are refused for a DATABASE_URL without a password, before anything is asked of the database', async () => {
    const bare = withPassword(test.adminUrl, '');
    await expect(migrateDatabase(bare)).rejects.toThrow('DATABASE_URL needs a user and a password');
    await expect(migrateDatabase(bare)).rejects.toThrow(DatabaseSetupError);
  });

  it('are the same for every node that has the same DATABASE_URL, in whatever spelling', async () => {
    const [first = '', ...rest] = new URL(test.adminUrl).password;
    const spelling = withPassword(test.adminUrl, `%${first.charCodeAt(0).toString(16)}${rest.join('')}`);
    expect(spelling).not.toBe(test.adminUrl);
    for (const url of [test.adminUrl, spelling]) expect(await migrateDatabase(url)).toEqual(logins);
  });

  it('have passwords of their own, from which the one of DATABASE_URL can not be told', () => {
    const passwords = [test.adminUrl, logins.serverUrl, logins.engineUrl].map((url) => new URL(url).password);
    expect(new Set(passwords).size).toBe(3);
    expect(passwords.slice(1)).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
  });

  it.each([
    ['serverUrl', 'select * from bulkhead.notes'],
    ['engineUrl', 'select * from bulkhead.notes'],
    ['serverUrl', 'create role intruder'],
    ['engineUrl', 'set role bulkhead_app'],
    ['engineUrl', 'set role bulkhead_owner'],
    ['serverUrl', 'set role bulkhead_owner'],
    ['serverUrl', 'create temp table mine (a int)'],
    ['engineUrl', 'create temp table mine (a int)'],
    ['queryUrl', 'create temp table mine (a int)'],
    ['engineUrl', 'create schema mine'],
    ['queryUrl', 'create schema mine'],
  ] as const)('refuse to %s: %s', async (login, sql) => {
    await expect(asLogin(logins[login], sql)).rejects.toThrow(/permission denied|read-only transaction/);
  });

  it('end a transaction that does nothing, without a startup parameter', async () => {
    const timeout = 'show idle_in_transaction_session_timeout';
    for (const url of [logins.serverUrl, logins.engineUrl])
      expect(await asLogin(url, timeout)).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
  });
});

describe('a changed password of DATABASE_URL', () => {
  it('keeps the logins of nodes with the old one, while there are any, and takes them over afterwards', async () => {
    const idle = openClient(logins.serverUrl);
    const url = await rotate('new: p@ss/word%');
    await idle.connect();
    const next = await migrateDatabase(url);
    // The old node opens another connection, and works on.
    expect(await whoIs(logins.serverUrl)).toBe('bulkhead_login');
    expect(await whoIs(next.serverUrl)).toMatch(/^bulkhead_login_[0-9a-f]{8}$/);
    expect(await asLogin(next.serverUrl, 'set role bulkhead_app')).toEqual([]);
    await expect(asLogin(next.serverUrl, 'set role bulkhead_owner')).rejects.toThrow('permission denied');
    await idle.end();
    const last = await migrateDatabase(url);
    expect(await whoIs(last.serverUrl)).toBe('bulkhead_login');
    await expect(asLogin(logins.serverUrl, 'select 1')).rejects.toThrow('password authentication failed');
    await expect(asLogin(next.serverUrl, 'select 1')).rejects.toThrow();
    await rotate(new URL(test.adminUrl).password);
    logins = await migrateDatabase(test.adminUrl);
  });

  it('changes nothing where the logins have a secret of their own', async () => {
    const loginSecret = 'a secret of thirty-two characters';
    const before = await migrateDatabase(test.adminUrl, { loginSecret });
    const url = await rotate('another');
    expect((await migrateDatabase(url, { loginSecret })).serverUrl).toBe(before.serverUrl);
    const next = { loginSecret: 'the next secret of thirty-two chars', previousLoginSecrets: [loginSecret] };
    const idle = openClient(before.serverUrl);
    await idle.connect();
    expect((await migrateDatabase(url, next)).serverUrl).toBe(before.serverUrl);
    await idle.end();
    await rotate(new URL(test.adminUrl).password);
  });
});
