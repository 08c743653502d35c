import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { startPostgresProcess } from '../testing/postgres-process.ts';
import { openClient } from './connections.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';
import { isAlive, readPostmaster } from './postmaster-file.ts';

/** Shared by the tests, which all leave it stopped: making a cluster takes longest. */
let dataDir: string;
const folders: string[] = [];
const started: EmbeddedPostgres[] = [];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkhead-embedded-'));
  folders.push(folder);
  return folder;
}

beforeAll(async () => (dataDir = await makeFolder()));
afterEach(() => Promise.all(started.splice(0).map((postgres) => postgres.stop())));
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const postgres = await EmbeddedPostgres.start({ dataDir: folder, durable: false });
  started.push(postgres);
  return postgres;
}

async function connect(url: string): Promise<pg.Client> {
  const client = openClient(url);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url);
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows.flatMap((row) => Object.values(row));
}

/** An orphan stays visible until the system has taken note of its end. */
async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await nextTurn();
}

const pidFile = () => join(dataDir, 'postgres', 'postmaster.pid');
const pidOf = async (folder = dataDir) => (await readPostmaster(join(folder, 'postgres')))?.pid ?? 0;
/** Stores a word that no earlier test has stored. */
const remember = async (url: string): Promise<string> => {
  const word = randomUUID();
  await query(url, 'create table if not exists memory (word text)');
  await query(url, `insert into memory values ('${word}')`);
  return word;
};
const recall = (url: string) => query(url, 'select word from memory');

describe('the embedded PostgreSQL', () => {
  it('starts in an empty folder, and is gone after stop, however often that is asked', async () => {
    const postgres = await start();
    const pid = await pidOf();
    expect(await query(postgres.url, 'select 6 * 7 as answer')).toEqual([42]);
    await Promise.all([postgres.stop(), postgres.stop()]);
    expect(isAlive(pid)).toBe(false);
    await expect(postgres.stop()).resolves.toBeUndefined();
  });

  it('keeps its data when stopped and started again', async () => {
    const first = await start();
    const word = await remember(first.url);
    await first.stop();
    expect(await recall((await start()).url)).toContain(word);
  });

  it('is reachable on loopback, with a password that only the owner of the folder can read', async () => {
    const { url } = await start();
    expect(await query(url, 'show listen_addresses')).toEqual(['127.0.0.1']);
    const file = join(dataDir, 'postgres.password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(new URL(url).password).toBe((await readFile(file, 'utf8')).trim());
    const guess = Object.assign(new URL(url), { password: 'guess' });
    await expect(connect(guess.href)).rejects.toThrow('password authentication failed');
  });

  it('starts over when its first start was cut off in the middle', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'postgres.draft', 'base'), { recursive: true });
    await writeFile(join(folder, 'postgres.draft', 'PG_VERSION'), '18');
    await expect(start(folder)).resolves.toBeDefined();
  });

  it('says where to look when it can not start, and leaves nothing running', async () => {
    const settings = join(dataDir, 'postgres', 'postgresql.conf');
    const valid = await readFile(settings);
    await writeFile(settings, 'no_such_setting = 1\n');
    await expect(start()).rejects.toThrow(`See ${join(dataDir, 'postgres.log')}`);
    expect(await pidOf()).toBe(0);
    await writeFile(settings, valid);
  });

  it('runs for a user without privileges', async () => {
    const asOrdinaryUser = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
    const folder = await makeFolder();
    const server = await startPostgresProcess(folder, process.getuid?.() === 0 ? asOrdinaryUser : []);
    const pid = await pidOf(folder);
    expect(await query(server.url, 'select 1 as one')).toEqual([1]);
    await server.close();
    expect(isAlive(pid)).toBe(false);
  });
});

describe('in a folder that was used before, the embedded PostgreSQL', () => {
  it('refuses to start while another server works with it, and leaves that one alone', async () => {
    const first = await start();
    const client = await connect(first.url);
    await expect(start()).rejects.toThrow('Another running Bulkhead uses this DATA_DIR');
    expect((await client.query('select 1 as one')).rowCount).toBe(1);
    await client.end();
  });

  it('replaces a PostgreSQL that nobody works with any more', async () => {
    const leftover = await start();
    const word = await remember(leftover.url);
    const leftoverPid = await pidOf();
    const postgres = await start();
    expect(isAlive(leftoverPid)).toBe(false);
    expect(await recall(postgres.url)).toContain(word);
  });

  it('has all data after its server was killed, and leaves nothing running when it stops', async () => {
    const server = await startPostgresProcess(dataDir);
    const word = await remember(server.url);
    const killed = await pidOf();
    await server.kill();
    const postgres = await start();
    const own = await pidOf();
    expect(await recall(postgres.url)).toContain(word);
    await postgres.stop();
    expect(isAlive(own)).toBe(false);
    await untilGone(killed);
  });

  /** What a power cut leaves: the file of a server that said it was ready, under a pid of today. */
  async function leavePidFile(pid: number): Promise<void> {
    const postgres = await start();
    const [, ...lines] = (await readFile(pidFile(), 'utf8')).split('\n');
    await postgres.stop();
    await writeFile(pidFile(), [pid, ...lines].join('\n'));
  }

  it.each([
    ['is nobody’s now', (pid: number) => spawn('kill', ['-9', `${pid}`])],
    ['is that of another program now', () => undefined],
  ])('is not fooled by a postmaster.pid whose pid %s', async (_, prepare) => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(other, 'spawn');
    const { pid = 0 } = other;
    const ended = once(other, 'exit');
    if (prepare(pid)) await ended;
    await leavePidFile(pid);
    const postgres = await start();
    expect(await query(postgres.url, 'select 1 as one')).toEqual([1]);
    expect(await pidOf()).not.toBe(pid);
    other.kill('SIGKILL');
  });
});
