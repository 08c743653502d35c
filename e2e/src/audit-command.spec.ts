import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { Child } from './child.ts';
import { Server } from './server.ts';

const entry = join(import.meta.dirname, '..', '..', 'apps', 'gateway', 'dist', 'audit', 'main.js');

let server: Server;
beforeAll(async () => (server = await Server.start()), 60_000);
afterAll(() => server.dispose());

async function audit(environment: Record<string, string>, command = 'verify') {
  const child = new Child([entry, command], { cwd: server.dataDir, environment });
  const { code } = await child.exit;
  return { code, output: child.output };
}
const signUp = (email: string) =>
  fetch(`${server.url}/v1/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'correct horse battery', displayName: 'Ada' }),
  });
async function asSuperuser<R>(work: (client: pg.Client, url: URL) => Promise<R>): Promise<R> {
  const data = join(server.dataDir, 'data');
  const port = (await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3] ?? '';
  const password = (await readFile(join(data, 'postgres.password'), 'utf8')).trim();
  const url = new URL(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
  const client = new pg.Client({ connectionString: url.href, ssl: false });
  await client.connect();
  try {
    return await work(client, url);
  } finally {
    await client.end();
  }
}

describe('npm run audit', () => {
  it('verifies the log of a running server', async () => {
    expect((await signUp('ada@example.org')).status).toBe(201);
    const { code, output } = await audit({ DATA_DIR: join(server.dataDir, 'data') });
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^keys of this command: \w{16}\n.* as the server wrote it\n$/s),
    ]);
  });

  it('locks nobody out when an auditor has a login of their own, and says that the key does not fit', async () => {
    const url = await asSuperuser(async (client, own) => {
      await client.query(`create role auditor superuser login password 'of the auditor'`);
      return Object.assign(new URL(own), { username: 'auditor', password: 'of%20the%20auditor' }).href;
    });
    const { code, output } = await audit({ DATABASE_URL: url });
    expect(code).toBe(2);
    expect(output).toContain('No key fits: nothing was verified.');
    expect((await audit({ DATABASE_URL: url }, 'export')).output).toContain('"action":');
    // Connections that were open say nothing: the server has to log in anew.
    await asSuperuser((client) =>
      client.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename like 'bulkhead_%'`),
    );
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 20 && !statuses.includes(201); attempt += 1)
      statuses.push((await signUp(`ada${attempt}@example.org`)).status);
    expect(statuses).toContain(201);
  });
});
