import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from './database.service.ts';
import { openClient } from '../postgres/connections.ts';
import { EmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { readPostmaster } from '../postgres/postmaster-file.ts';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-database-'))));
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const runningIn = (folder: string) => readPostmaster(join(folder, 'postgres'));

describe('the database of a node', () => {
  it('is embedded without DATABASE_URL: started, migrated, and stopped at the end', async () => {
    const database = await Database.open({ dataDir, poolSize: 2, durable: false });
    await database.ping();
    expect(await runningIn(dataDir)).toMatchObject({ isReady: true });
    await database.onApplicationShutdown();
    expect(await runningIn(dataDir)).toBeUndefined();
  });

  it('leaves no PostgreSQL behind when it can not be migrated', async () => {
    const postgres = await EmbeddedPostgres.start({ dataDir, durable: false });
    const admin = openClient(postgres.url);
    await admin.connect();
    await admin.query('create schema bulkhead');
    await admin.end();
    await postgres.stop();
    const opening = Database.open({ dataDir, poolSize: 2, durable: false });
    await expect(opening).rejects.toThrow('it is not one of Bulkhead');
    expect(await runningIn(dataDir)).toBeUndefined();
  });
});
