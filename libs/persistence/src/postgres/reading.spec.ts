import { anIdentity } from '@bulkhead/user-context/testing';
import { sql } from 'drizzle-orm';
import { AccountTransactions } from '../transactions/account-transactions.service.ts';
import { Database } from '../database/database.service.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
  await test.asAdmin((admin) =>
    admin.query(
      `create role auditor superuser login password 'other'; create role guest login password 'guest'`,
    ),
  );
});
afterAll(() => test.close());

const as = (username: string, password: string) =>
  Object.assign(new URL(test.adminUrl), { username, password }).href;
const openReader = (databaseUrl: string) =>
  Database.open({ ...test.options, databaseUrl, poolSize: 2, isReadOnly: true });
/** Roles with their passwords and memberships, and what was migrated. */
const fingerprint = () =>
  test.asAdmin(async (admin) => {
    const { rows } = await admin.query<{ all: string }>(
      `select md5((select string_agg(a::text, ',' order by oid) from pg_authid a)
        || (select string_agg(m::text, ',' order by oid) from pg_auth_members m)
        || (select string_agg(s::text, ',' order by setdatabase, setrole) from pg_db_role_setting s)
        || (select string_agg(d::text, ',' order by oid) from pg_database d)
        || (select count(*) from bulkhead_migrations.__drizzle_migrations)) as all`,
    );
    return rows[0]?.all;
  });
const insertion = sql`insert into bulkhead.rate_limits (key, points) values (${anIdentity().userId}, 1)`;

describe('a database that is opened for reading', () => {
  it.each([
    ["the servers' own URL", () => test.adminUrl],
    ['the URL of another superuser', () => as('auditor', 'other')],
  ])('changes nothing, with %s', async (_, url) => {
    const before = await fingerprint();
    const reader = await openReader(url());
    const transactions = new AccountTransactions(reader);
    await transactions.run((db) => db.execute(sql`select count(*) from bulkhead.audit_log`));
    await expect(transactions.run((db) => db.execute(insertion))).rejects.toMatchObject({
      cause: { code: '25006' },
    });
    await reader.onApplicationShutdown();
    expect(await fingerprint()).toBe(before);
    await expect(test.signUp()).resolves.toBeDefined();
  });

  it('is refused to who may not read it, with the SQL that would let them', async () => {
    await expect(openReader(as('guest', 'guest'))).rejects.toThrow('GRANT bulkhead_auth TO guest;');
  });

  it('is not made where there is none', async () => {
    await test.asAdmin((admin) => admin.query('create database empty'));
    const url = Object.assign(new URL(test.adminUrl), { pathname: '/empty' }).href;
    await expect(openReader(url)).rejects.toThrow('No Bulkhead has used this database yet');
    const { dataDir } = test.options;
    await expect(Database.open({ dataDir, poolSize: 2, isReadOnly: true })).rejects.toThrow(
      'No server runs on',
    );
  });
});
