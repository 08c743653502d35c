import { jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';
import { startPostgresProcess } from '../testing/postgres-process.ts';
import { openClient, openPool } from './connections.ts';

/** Each would change where a connection goes, as whom, or how. */
const environment = {
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGOPTIONS: '-c search_path=elsewhere -c no_such_setting=1',
  PGAPPNAME: 'somebody',
  PGUSER: 'nobody',
  PGPASSWORD: 'wrong',
  PGPASSFILE: '/nonexistent',
  PGHOST: 'nowhere.invalid',
  PGPORT: '1',
  PGDATABASE: 'nothing',
  PGREPLICATION: 'database',
  PGCLIENT_ENCODING: 'LATIN1',
  PGCLIENTENCODING: 'LATIN1',
  PGDATA: '/nonexistent',
  PGDATESTYLE: 'German',
  PGTZ: 'Asia/Tokyo',
};

let test: TestDatabase;
beforeAll(async () => {
  jest.replaceProperty(process, 'env', environment);
  test = await openTestDatabase();
});
afterAll(async () => {
  jest.restoreAllMocks();
  await test.close();
});

const rowsOf = async (client: pg.ClientBase | pg.Pool, sql: string): Promise<unknown[]> =>
  (await client.query<Record<string, unknown>>(sql)).rows;
const question = `select current_user as "user", current_setting('search_path') as path,
  current_setting('application_name') as name, current_setting('client_encoding') as encoding`;
const answer = [{ user: 'postgres', path: '"$user", public', name: 'bulkhead', encoding: 'UTF8' }];

describe('the PG* variables of the shell', () => {
  it('change neither a connection, nor a pool, nor what a URL leaves out', async () => {
    expect(await test.asAdmin((admin) => rowsOf(admin, question))).toEqual(answer);
    const pool = openPool(test.adminUrl);
    expect(await rowsOf(pool, question)).toEqual(answer);
    await pool.end();
    const bare = openClient('postgres://ada:secret@db.example');
    expect([bare.host, bare.port, bare.database, bare.ssl]).toEqual(['db.example', 5432, 'ada', false]);
  });

  it('do not reach the embedded PostgreSQL', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-environment-'));
    const shell = ['/usr/bin/env', ...Object.entries(environment).map((pair) => pair.join('='))];
    const postgres = await startPostgresProcess(dataDir, shell);
    const client = openClient(postgres.url);
    await client.connect();
    expect(await rowsOf(client, 'show datestyle')).toEqual([{ DateStyle: 'ISO, MDY' }]);
    await client.end();
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('keep the startup options that the URL itself gives', async () => {
    const url = new URL(test.adminUrl);
    url.searchParams.set('options', '-c lock_timeout=7s');
    const client = openClient(url.href);
    await client.connect();
    expect(await rowsOf(client, 'show lock_timeout')).toEqual([{ lock_timeout: '7s' }]);
    await client.end();
  });
});

describe('connections', () => {
  it('are made in one place', () => {
    const workspace = join(import.meta.dirname, '..', '..', '..', '..');
    const sources = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(join(workspace, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /^[\w-]+\/src\/.*\.ts$/.test(file) && !file.endsWith('postgres/connections.ts'))
        .map((file) => join(workspace, folder, file)),
    );
    const makers = sources.filter((file) => /new pg\.(?:Client|Pool)\(/.test(readFileSync(file, 'utf8')));
    expect(makers.filter((file) => !file.endsWith('connections.spec.ts'))).toEqual([]);
  });

  it('may be ended by an administrator between two queries: the next query fails, and nothing else', async () => {
    const client = await test.database.pool.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => client.once('end', resolve));
    await test.asAdmin((admin) => admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]));
    await ended;
    await expect(client.query('select 1')).rejects.toThrow();
    client.release(true);
    await test.database.ping();
  });
});
