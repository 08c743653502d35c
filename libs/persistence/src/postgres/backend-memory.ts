import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import type pg from 'pg';
import { findCommand } from './postgres-binaries.ts';

const run = promisify(execFile);

/**
 * Bounds the memory that a connection's backend may take for itself: beyond it, its query fails with `out of memory`
 * and nobody else notices. Possible for the embedded PostgreSQL, and any other that runs on this machine as this user;
 * one elsewhere is bounded by its operator. Source: setrlimit(2), RLIMIT_AS.
 * @param bytes beside what it has already, which is mostly what all backends share
 * @returns whether it is bounded
 */
export async function limitBackendMemory(
  client: pg.ClientBase,
  pid: number,
  bytes: number,
): Promise<boolean> {
  const prlimit = await findCommand('prlimit');
  if (!prlimit || !(await isBackendOf(client, pid))) return false;
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const [, kilobytes] = /^VmSize:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kilobytes === undefined) return false;
    await run(prlimit, ['--pid', String(pid), `--as=${Number(kilobytes) * 1024 + bytes}`]);
    return true;
  } catch {
    return false;
  }
}

/** A backend's title ends with its client's address and port: the same number elsewhere is another process. */
async function isBackendOf(client: pg.ClientBase, pid: number): Promise<boolean> {
  const { connection } = client as pg.ClientBase & { readonly connection?: { readonly stream: Socket } };
  const port = connection?.stream.localPort;
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return port !== undefined && title.startsWith('postgres:') && title.includes(`(${port})`);
}
