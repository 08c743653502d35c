import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../database/database.service.ts';
import { startPooler, type TransactionPooler } from '../testing/transaction-pooler.ts';
import { openClient } from './connections.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';
import { migrateDatabase } from './migrations.ts';

let dataDir: string;
let postgres: EmbeddedPostgres;
const poolers: TransactionPooler[] = [];
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-pooler-'));
  postgres = await EmbeddedPostgres.start({ dataDir, durable: false });
  await writeFile(join(dataDir, 'postgres', 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
  const admin = openClient(postgres.url);
  await admin.connect();
  await admin.query('select pg_reload_conf()');
  await admin.end();
});
afterEach(() => Promise.all(poolers.splice(0).map((pooler) => pooler.close())));
afterAll(async () => {
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function through(mode: 'session' | 'transaction'): Promise<string> {
  const pooler = await startPooler(Number(new URL(postgres.url).port), mode);
  poolers.push(pooler);
  return Object.assign(new URL(postgres.url), { port: String(pooler.port) }).href;
}

describe('a pooler in front of the database', () => {
  it('is refused in a sentence when it does not keep sessions', async () => {
    await expect(migrateDatabase(await through('transaction'))).rejects.toThrow(
      'A pooler in front of the database does not keep sessions, which locks and notifications need. Set pool_mode = session',
    );
  });

  it('serves when it keeps them: it is sent no startup parameter that it does not know', async () => {
    const database = await Database.open({ databaseUrl: await through('session'), dataDir, poolSize: 2 });
    await database.assertWritable();
    const { rows } = await database.pool.query('show idle_in_transaction_session_timeout');
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
    await database.onApplicationShutdown();
  });
});
