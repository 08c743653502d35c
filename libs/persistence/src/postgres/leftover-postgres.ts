import { readlink, realpath, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { openClient } from './connections.ts';
import { isAlive, readPostmaster, type Postmaster } from './postmaster-file.ts';

const POLL_MS = 50;
const STOP_TIMEOUT_MS = 15_000;
/** How long the connections of a killed server may take to disappear. */
const GRACE_MS = 3_000;

/**
 * Waits until no PostgreSQL that outlived its server holds the folder, and stops it when nobody else does.
 * @throws DatabaseSetupError when a living server is using the folder
 */
export async function stopLeftover(dataFolder: string, password: string): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  for (;;) {
    const leftover = await readPostmaster(dataFolder);
    if (!leftover || !isAlive(leftover.pid)) return;
    if (await isAnotherProgram(leftover.pid, dataFolder)) {
      // PostgreSQL itself would not start while anything has that pid.
      await rm(join(dataFolder, 'postmaster.pid'));
      return;
    }
    // One that is coming up or going down takes no connections yet, or any more: it is asked again.
    if (await isUnused(leftover, password)) process.kill(leftover.pid, 'SIGINT');
    if (Date.now() > deadline) {
      throw new DatabaseSetupError(
        `PostgreSQL (pid ${leftover.pid}) in ${dataFolder} does not stop. Stop it by hand.`,
      );
    }
    await delay(POLL_MS);
  }
}

/**
 * The pid of a server that died may be in use again (in a new container that is likely), or be a zombie's. Only
 * Linux can tell: PostgreSQL works in its data folder.
 */
async function isAnotherProgram(pid: number, dataFolder: string): Promise<boolean> {
  if (platform() !== 'linux') return false;
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(({ code }: NodeJS.ErrnoException) => code);
  return workingFolder !== 'EACCES' && workingFolder !== (await realpath(dataFolder));
}

/** False when it takes no connections. @throws DatabaseSetupError when others are connected, and stay */
async function isUnused(postmaster: Postmaster, password: string): Promise<boolean> {
  const url = `postgres://postgres:${password}@127.0.0.1:${postmaster.port}/postgres`;
  const client = openClient(url, { connectionTimeoutMillis: GRACE_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await refuseWhenInUse(client);
    return true;
  } catch (error) {
    if (error instanceof DatabaseSetupError) throw error;
    return false;
  } finally {
    await client.end();
  }
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
