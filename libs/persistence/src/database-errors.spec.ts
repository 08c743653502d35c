import { sql } from 'drizzle-orm';
import { AccountTransactions } from './transactions/account-transactions.service.ts';
import { DatabaseUnavailableError } from './persistence.errors.ts';
import { openTestDatabase, type TestDatabase } from './testing/index.ts';

let test: TestDatabase;
let transactions: AccountTransactions;
beforeAll(async () => {
  test = await openTestDatabase();
  transactions = new AccountTransactions(test.database);
});
afterAll(() => test.close());

const raise = (code: string) =>
  transactions.run((db) =>
    db.execute(sql.raw(`do $$ begin raise exception 'no' using errcode = '${code}'; end $$`)),
  );
const countOf = (reason: string) => new Map<string, number>(test.database.errors.counts).get(reason);
const asItIs = async (setting: string) => {
  await test.asAdmin(async (admin) => {
    await admin.query('set default_transaction_read_only = off');
    await admin.query(`alter database postgres set default_transaction_read_only = ${setting}`);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bulkhead_login'`,
    );
  });
  // A connection that was just ended is noticed by its next use.
  for (let attempt = 0; attempt < 10; attempt += 1) await test.database.ping().catch(() => undefined);
};

describe('what the database can not do now', () => {
  it.each([
    ['25006', 'read_only'],
    ['53100', 'disk_full'],
    ['53200', 'resources'],
    ['53300', 'resources'],
    ['57P01', 'connection'],
    ['08006', 'connection'],
    ['40001', 'conflict'],
  ])('is answered 503 for SQLSTATE %s, and counted as %s', async (code, reason) => {
    const before = countOf(reason) ?? 0;
    await expect(raise(code)).rejects.toThrow(DatabaseUnavailableError);
    expect(countOf(reason)).toBe(before + 1);
  });

  it.each(['23505', '42501', 'BH404', '57014'])('is not what SQLSTATE %s says', async (code) => {
    await expect(raise(code)).rejects.not.toThrow(DatabaseUnavailableError);
  });
});

describe('a database that answers and can not be written to', () => {
  it('is noticed before anybody loses a message', async () => {
    test.database.errors.forget();
    await expect(test.database.assertWritable()).resolves.toBeUndefined();
    await asItIs('on');
    await expect(test.database.ping()).resolves.toBeUndefined();
    await expect(test.database.assertWritable()).rejects.toThrow(DatabaseUnavailableError);
    await asItIs('off');
    test.database.errors.forget();
    await expect(test.database.assertWritable()).resolves.toBeUndefined();
  });

  it('counts as such for a while after any transaction was refused for want of room', async () => {
    await expect(raise('53100')).rejects.toThrow(DatabaseUnavailableError);
    await expect(test.database.assertWritable()).rejects.toThrow(DatabaseUnavailableError);
  });
});
