import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openClient } from './connections.ts';
import { readPostmaster } from './postmaster-file.ts';

/**
 * Superuser URL of the embedded PostgreSQL that a server is running in this folder, for a command beside it;
 * undefined when none answers.
 */
export async function embeddedUrl(dataDir: string): Promise<string | undefined> {
  const root = resolve(dataDir);
  const postmaster = await readPostmaster(join(root, 'postgres'));
  const password = await readFile(join(root, 'postgres.password'), 'utf8').catch(() => '');
  if (!postmaster?.isReady || password === '') return undefined;
  const url = `postgres://postgres:${password.trim()}@127.0.0.1:${postmaster.port}/postgres`;
  const client = openClient(url, { connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return url;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}
