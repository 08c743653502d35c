import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { stopLeftover } from './leftover-postgres.ts';
import { findPostgresBinaries, launcher, type PostgresBinaries } from './postgres-binaries.ts';
import { readPostmaster } from './postmaster-file.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
const REVIVE_MS = 500;

export interface EmbeddedPostgresOptions {
  /** Folder for the cluster, its password and its log; made when absent. */
  readonly dataDir: string;
  /** False only for tests whose data need not survive a power cut. Default true. */
  readonly durable?: boolean;
}

const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  jit: 'off',
  log_min_messages: 'warning',
  timezone: 'UTC',
};
const notDurable: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** A real PostgreSQL as a child process, on a free loopback port, reachable with a generated password only. */
export class EmbeddedPostgres {
  #isStopping = false;

  private constructor(
    private child: ChildProcess,
    /** Superuser URL of the cluster's `postgres` database. */
    readonly url: string,
    private readonly respawn: () => Promise<ChildProcess>,
  ) {
    this.#watch();
  }

  /** @throws DatabaseSetupError when it can't be started, or another Bulkhead uses the folder */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const root = resolve(options.dataDir);
    const cluster = join(root, 'postgres');
    await mkdir(root, { recursive: true, mode: 0o700 });
    const binaries = await findPostgresBinaries();
    const prefix = await launcher();
    const password = await initialise(root, cluster, binaries, prefix);
    await stopLeftover(cluster, password);
    const port = await freePort();
    const spawnReady = async (): Promise<ChildProcess> => {
      const child = await spawnServer(root, cluster, binaries, prefix, port, options.durable ?? true);
      await untilReady(child, cluster, root);
      return child;
    };
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return new EmbeddedPostgres(await spawnReady(), url, spawnReady);
  }

  /** Ends all sessions and stops the server; forcibly after ten seconds. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (hasExited(this.child)) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGINT');
    const force = setTimeout(() => this.child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(force);
  }

  /** Nobody else would start it again: it is this process's own. */
  #watch(): void {
    this.child.once('exit', () => void this.#revive());
  }

  async #revive(): Promise<void> {
    while (!this.#isStopping) {
      await delay(REVIVE_MS);
      if (this.#isStopping) return;
      try {
        this.child = await this.respawn();
        this.#watch();
        if (this.#isStopping) await this.stop();
        return;
      } catch {
        // Its log says why; it is tried again.
      }
    }
  }
}

/** Nothing of the shell's: PostgreSQL takes settings of its own from `PG*` and locale variables. */
const environment = { LC_ALL: 'C' };

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Makes the cluster on first use, in a folder that is renamed when complete: a crash leaves no half-made one. */
async function initialise(
  root: string,
  cluster: string,
  binaries: PostgresBinaries,
  prefix: readonly string[],
): Promise<string> {
  const passwordFile = join(root, 'postgres.password');
  if (await exists(join(cluster, 'PG_VERSION'))) return (await readFile(passwordFile, 'utf8')).trim();
  const password = randomBytes(24).toString('hex');
  const draft = join(root, 'postgres.draft');
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const flags = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
  ];
  const locale = ['--locale-provider=builtin', '--locale=C.UTF-8'];
  const [command = binaries.initdb, ...rest] = [...prefix, binaries.initdb, '-D', draft, ...flags, ...locale];
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], env: environment });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new DatabaseSetupError(`The embedded PostgreSQL could not be initialised: ${output.trim()}`);
  await rename(draft, cluster);
  return password;
}

async function spawnServer(
  root: string,
  cluster: string,
  binaries: PostgresBinaries,
  prefix: readonly string[],
  port: number,
  durable: boolean,
): Promise<ChildProcess> {
  const flags = Object.entries({ ...settings, ...(durable ? {} : notDurable) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const [command = binaries.postgres, ...rest] = [
    ...prefix,
    binaries.postgres,
    '-D',
    cluster,
    '-p',
    `${port}`,
    ...flags,
  ];
  const log = await open(join(root, 'postgres.log'), 'a', 0o600);
  try {
    // Detached: Ctrl-C goes to the whole foreground group, and PostgreSQL must outlive the server's drain.
    const child = spawn(command, rest, {
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      env: environment,
    });
    child.on('error', () => undefined);
    return child;
  } finally {
    await log.close();
  }
}

async function untilReady(child: ChildProcess, cluster: string, root: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const postmaster = await readPostmaster(cluster);
    // A file left by a killed server also says ready: only this child's own counts.
    if (postmaster?.pid === child.pid && postmaster?.isReady) return;
    if (hasExited(child) || child.pid === undefined || Date.now() > deadline) {
      child.kill('SIGQUIT');
      throw new DatabaseSetupError(
        `The embedded PostgreSQL did not start. See ${join(root, 'postgres.log')}.`,
      );
    }
    await delay(POLL_MS);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
