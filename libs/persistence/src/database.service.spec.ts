import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from './database.service.ts';
import { readPostmaster } from './postgres/postmaster-file.ts';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-database-'))));
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const runningIn = (folder: string) => readPostmaster(join(folder, 'postgres'));

describe('the database of a node', () => {
  it('is embedded without DATABASE_URL: started, migrated, prepared for the engine, and stopped at the end', async () => {
    const engines: unknown[] = [];
    const database = await Database.open({
      dataDir,
      poolSize: 2,
      durable: false,
      prepareEngine: async (url) => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        engines.push((await client.query('create schema engine; select current_user as who')) && 'prepared');
        await client.end();
      },
    });
    await database.ping();
    expect(engines).toEqual(['prepared']);
    expect(await runningIn(dataDir)).toMatchObject({ isReady: true });
    await database.onApplicationShutdown();
    expect(await runningIn(dataDir)).toBeUndefined();
  });

  it('leaves no PostgreSQL behind when it can not be prepared', async () => {
    const opening = Database.open({
      dataDir,
      poolSize: 2,
      durable: false,
      prepareEngine: () => Promise.reject(new Error('no engine')),
    });
    await expect(opening).rejects.toThrow('no engine');
    expect(await runningIn(dataDir)).toBeUndefined();
  });
});
