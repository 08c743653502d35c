import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anIdentity } from '@bulkhead/user-context/testing';
import { AccountTransactions } from '../transactions/account-transactions.service.ts';
import { Database } from '../database/database.service.ts';
import { accounts } from '../schema/index.ts';
import { openClient } from './connections.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';
import { migrateDatabase } from './migrations.ts';

let dataDir: string;
let cluster: EmbeddedPostgres;
const opened: Database[] = [];
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-installations-'));
  cluster = await EmbeddedPostgres.start({ dataDir, durable: false });
});
afterEach(() => Promise.all(opened.splice(0).map((database) => database.onApplicationShutdown())));
afterAll(async () => {
  await cluster.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function asSuperuser<Row>(sql: string, database = 'postgres'): Promise<Row[]> {
  const client = openClient(Object.assign(new URL(cluster.url), { pathname: `/${database}` }).href);
  await client.connect();
  try {
    const results: unknown = await client.query(sql);
    return ((Array.isArray(results) ? results.at(-1) : results) as { rows: Row[] }).rows;
  } finally {
    await client.end();
  }
}

/** An administrator with a database of the same name, as the docs ask for; without `rights` neither of the two. */
async function team(name: string, rights = true): Promise<string> {
  await asSuperuser(`create role ${name} login password 'of ${name}' ${rights ? 'createrole' : ''}`);
  await asSuperuser(
    `create database ${name} ${rights ? `owner ${name}` : ''} encoding 'UTF8' template template0`,
  );
  const url = Object.assign(new URL(cluster.url), { username: name, pathname: `/${name}` });
  return Object.assign(url, { password: encodeURIComponent(`of ${name}`) }).href;
}
async function open(databaseUrl: string): Promise<Database> {
  const database = await Database.open({ databaseUrl, dataDir, poolSize: 2 });
  opened.push(database);
  return database;
}
const signUp = async (database: Database): Promise<void> => {
  const { userId } = anIdentity();
  const account = { userId, email: `${userId}@a.example`, displayName: 'Ada', passwordHash: '-' };
  await new AccountTransactions(database).run((db) => db.insert(accounts).values(account));
};
const countIn = async (database: string) =>
  (await asSuperuser<{ count: number }>('select count(*)::int from bulkhead.accounts', database))[0]?.count;
const refusalOf = (url: string): Promise<string> =>
  migrateDatabase(url).then(
    () => '',
    ({ message }: Error) => message,
  );
const rolesNow = async () =>
  (await asSuperuser<{ rolname: string }>(`select rolname from pg_roles where rolname ~ '^bulkhead'`)).length;

describe('installations in one PostgreSQL', () => {
  it('start beside each other at once and after each other, and keep working through each other’s starts', async () => {
    const [blue, green] = [await team('blue'), await team('green')];
    const [one, other] = await Promise.all([open(blue), open(green)]);
    expect(new Set([one.roles.prefix, other.roles.prefix]).size).toBe(2);
    for (const url of [green, blue, green]) await migrateDatabase(url);
    await Promise.all([signUp(one), signUp(other), signUp(one)]);
    expect([await countIn('blue'), await countIn('green')]).toEqual([2, 1]);
    expect((await open(blue)).roles).toEqual(one.roles);
  });

  it('have roles that reach nothing of each other', async () => {
    const [one, other] = [await open(await team('red')), await open(await team('grey'))];
    const foreign = new URL(one.pool.options.connectionString ?? '');
    foreign.pathname = `/grey`;
    const client = openClient(foreign.href);
    await client.connect();
    await client.query(`set role ${one.roles.auth}`);
    await expect(client.query('select * from bulkhead.accounts')).rejects.toThrow('permission denied');
    await expect(client.query(`set role ${other.roles.auth}`)).rejects.toThrow('permission denied');
    await client.end();
  });

  it('take the prefix that is asked for, and keep it', async () => {
    const url = await team('teal');
    expect((await migrateDatabase(url, { rolePrefix: 'teal_ai' })).roles.app).toBe('teal_ai_app');
    expect((await migrateDatabase(url)).roles.app).toBe('teal_ai_app');
    await expect(migrateDatabase(url, { rolePrefix: 'other' })).rejects.toThrow(
      'The roles of this database have the prefix teal_ai, not other.',
    );
  });

  it('go on with another administrator once the first one has handed the roles over', async () => {
    const url = await team('navy');
    const database = await open(url);
    // As every node listens.
    const listening = await database.pool.connect();
    await asSuperuser(
      `create role successor login password 'next' createrole; grant create on database navy to successor`,
    );
    const next = Object.assign(new URL(url), { username: 'successor', password: 'next' }).href;
    const refusal = await refusalOf(next);
    expect(refusal).toContain(
      'were made by another user than successor. Run as that user, or as a superuser:',
    );
    const [grant = ''] = /GRANT .*/.exec(refusal) ?? [];
    await asSuperuser(grant, 'navy');
    const successor = await open(next);
    await Promise.all([signUp(database), signUp(successor)]);
    expect(await countIn('navy')).toBe(2);
    listening.release();
  });
});

describe('a start that is refused', () => {
  it('says which rights are missing and how to give them, and leaves nothing behind', async () => {
    const url = await team('beige', false);
    const before = await rolesNow();
    const refusal = await refusalOf(url);
    expect(refusal).toBe(
      `The user beige of DATABASE_URL must be able to create roles and own the database beige. Run as a superuser:
  ALTER ROLE beige CREATEROLE;
  ALTER DATABASE beige OWNER TO beige;`,
    );
    expect(await rolesNow()).toBe(before);
    for (const line of refusal.split('\n').slice(1)) await asSuperuser(line);
    await expect(open(url)).resolves.toBeDefined();
  });

  it('leaves nothing behind when its last check fails', async () => {
    const url = await team('ochre');
    const before = await rolesNow();
    await asSuperuser(
      `create table public.leak (a int); grant select on public.leak to public; grant all on public.leak to public`,
      'ochre',
    );
    await expect(migrateDatabase(url)).rejects.toThrow('The database does not keep users apart');
    expect(await rolesNow()).toBe(before);
    await asSuperuser('drop table public.leak', 'ochre');
    await expect(open(url)).resolves.toBeDefined();
  });

  it.each([
    ['another encoding', `encoding 'LATIN1' locale 'C' template template0`, '', 'stores text as LATIN1'],
    ['being read-only', `template template0`, 'set default_transaction_read_only = on', 'is read-only'],
  ])('says so for a database of %s', async (_, how, setting, words) => {
    const name = `odd_${words.length}`;
    await asSuperuser(`create database ${name} ${how}`);
    if (setting !== '') await asSuperuser(`alter database ${name} ${setting}`);
    const url = Object.assign(new URL(cluster.url), { pathname: `/${name}` }).href;
    await expect(migrateDatabase(url)).rejects.toThrow(words);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'refuses the password of postgres'],
    ['a database that is not there', { pathname: '/nothing' }, 'CREATE DATABASE "nothing" OWNER "postgres"'],
    ['a server that is not there', { port: '1' }, 'No database answers at 127.0.0.1:1'],
    ['encryption that the server has not', { search: '?sslmode=require' }, 'Check sslmode in DATABASE_URL'],
  ])('says so for %s', async (_, change, words) => {
    const url = Object.assign(new URL(cluster.url), change).href;
    await expect(migrateDatabase(url, { waitMs: 0 })).rejects.toThrow(words);
  });
});
