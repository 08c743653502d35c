import pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';
import { migrateDatabase } from './migrations.ts';
import { ensureRoles, type Logins } from './roles.ts';

let test: TestDatabase;
let logins: Logins;
beforeAll(async () => {
  test = await openTestDatabase();
  logins = await test.asAdmin((admin) => ensureRoles(admin, test.adminUrl));
});
afterAll(() => test.close());

const withPassword = (url: string, password: string) => Object.assign(new URL(url), { password }).href;
async function asLogin<R extends pg.QueryResultRow>(url: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("the server's own logins", () => {
  it('are refused for a DATABASE_URL without a password, before anything is asked of the database', async () => {
    const bare = withPassword(test.adminUrl, '');
    await expect(migrateDatabase(bare)).rejects.toThrow('DATABASE_URL needs a password');
    await expect(test.asAdmin((admin) => ensureRoles(admin, bare))).rejects.toThrow(DatabaseSetupError);
  });

  it('are the same for every node that has the same DATABASE_URL, in whatever spelling', async () => {
    const [first = '', ...rest] = new URL(test.adminUrl).password;
    const spelling = withPassword(test.adminUrl, `%${first.charCodeAt(0).toString(16)}${rest.join('')}`);
    expect(spelling).not.toBe(test.adminUrl);
    for (const url of [test.adminUrl, spelling]) {
      expect(await test.asAdmin((admin) => ensureRoles(admin, url))).toEqual(logins);
    }
  });

  it('have passwords of their own, from which the one of DATABASE_URL can not be told', () => {
    const passwords = [test.adminUrl, logins.serverUrl, logins.engineUrl].map((url) => new URL(url).password);
    expect(new Set(passwords).size).toBe(3);
    expect(passwords.slice(1)).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
  });

  it('change with the password of DATABASE_URL, whatever characters that has', async () => {
    const rotated = withPassword(test.adminUrl, encodeURIComponent('new: p@ss/word%'));
    const next = await test.asAdmin((admin) => ensureRoles(admin, rotated));
    await expect(asLogin(logins.serverUrl, 'select 1')).rejects.toThrow('password authentication failed');
    expect(await asLogin(next.serverUrl, 'select current_user as who')).toEqual([{ who: 'bulkhead_login' }]);
    logins = await test.asAdmin((admin) => ensureRoles(admin, test.adminUrl));
  });

  it.each([
    ['serverUrl', 'select * from bulkhead.notes'],
    ['engineUrl', 'select * from bulkhead.notes'],
    ['serverUrl', 'create role intruder'],
    ['engineUrl', 'set role bulkhead_app'],
    ['engineUrl', 'set role bulkhead_owner'],
    ['serverUrl', 'set role bulkhead_owner'],
  ] as const)('refuse to %s: %s', async (login, sql) => {
    await expect(asLogin(logins[login], sql)).rejects.toThrow('permission denied');
  });
});
