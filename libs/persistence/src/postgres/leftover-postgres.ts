import { readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { isAlive, readPostmaster, type Postmaster } from './postmaster-file.ts';

const POLL_MS = 50;
const STOP_TIMEOUT_MS = 15_000;
/** How long the connections of a killed server may take to disappear. */
const GRACE_MS = 3_000;

/**
 * Stops a PostgreSQL that outlived the server that started it.
 * @throws DatabaseSetupError when a living server is using the folder
 */
export async function stopLeftover(dataFolder: string, password: string): Promise<void> {
  const leftover = await readPostmaster(dataFolder);
  if (!leftover || !isAlive(leftover.pid)) return;
  if (!(await isOurs(leftover, password))) {
    await removeWhenStale(dataFolder, leftover);
    return;
  }
  process.kill(leftover.pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(leftover.pid)) {
    if (Date.now() > deadline) {
      throw new DatabaseSetupError(
        `PostgreSQL (pid ${leftover.pid}) in ${dataFolder} does not stop. Stop it by hand.`,
      );
    }
    await delay(POLL_MS);
  }
}

/** False when the pid is somebody else's: it was reused after PostgreSQL had died. */
async function isOurs(postmaster: Postmaster, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: postmaster.port,
    user: 'postgres',
    database: 'postgres',
    password,
    connectionTimeoutMillis: GRACE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return false;
  }
  try {
    await refuseWhenInUse(client);
    return true;
  } finally {
    await client.end();
  }
}

/**
 * PostgreSQL does not start while the pid in its file is alive, whoever has it now; after a container was killed,
 * some process of the next one often has. Linux tells whether it is PostgreSQL: that works in its data folder.
 */
async function removeWhenStale(dataFolder: string, { pid }: Postmaster): Promise<void> {
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  const isStale = workingFolder !== undefined && workingFolder !== (await realpath(dataFolder));
  if (isStale) await rm(join(dataFolder, 'postmaster.pid'));
}

async function refuseWhenInUse(client: pg.Client): Promise<void> {
  const deadline = Date.now() + GRACE_MS;
  for (;;) {
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    if (rows[0]?.others === 0) return;
    if (Date.now() > deadline) {
      throw new DatabaseSetupError(
        'Another running Bulkhead uses this DATA_DIR. Stop it, choose another DATA_DIR, or share a database with DATABASE_URL.',
      );
    }
    await delay(POLL_MS);
  }
}
