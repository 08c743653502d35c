import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Child, type Exit } from './child.ts';
import { processesIn } from './processes.ts';

/** How long a server may take to end before it is ended by force; only ever reached when something is wrong. */
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
const entry = join(import.meta.dirname, '..', '..', 'apps', 'gateway', 'dist', 'main.js');

/** The built server as a user runs it, on an address and a data folder of its own, which it keeps across restarts. */
export class Server {
  readonly url: string;
  readonly #cleanups: (() => unknown)[] = [];
  #child: Child | undefined;
  #isDisposed = false;

  private constructor(
    /** Everything the server keeps is in here. */
    readonly dataDir: string,
    private readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts a server without data. @param settings environment variables, besides those that set it apart */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
    const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-e2e-'));
    const server = new Server(dataDir, await freePort(), settings);
    try {
      await server.startAgain();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** Everything the running server has written. */
  get output(): string {
    return this.#child?.output ?? '';
  }

  /** Starts on the data that is there; settles when it says that it is ready. */
  async startAgain(more: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#isDisposed) throw new Error('The server was disposed of.');
    this.#child = new Child([entry], {
      cwd: this.dataDir,
      environment: {
        HOST: '127.0.0.1',
        PORT: String(this.port),
        DATA_DIR: join(this.dataDir, 'data'),
        LOG_LEVEL: 'warn',
        ...this.settings,
        ...more,
      },
    });
    const [, url] = await this.#child.untilOutput(/ready.*?(https?:\/\/\S+)/);
    if (url !== this.url) throw new Error(`The server says it is at ${url}, not at ${this.url}.`);
  }

  /** As an operator stops it. */
  stop(): Promise<Exit> {
    return this.#end('SIGTERM');
  }

  /** As a crash ends it: it has no chance to do anything. */
  kill(): Promise<Exit> {
    return this.#end('SIGKILL');
  }

  /** Stops its process in mid-air, as a machine that is out of memory or asleep does; it keeps its connections. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.startAgain();
  }

  /** Calls back before the end of all: what connects to the server must not outlive the spec. */
  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  /** Ends it in whatever state it is, and removes its data. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
    const child = this.#child;
    if (child && !child.hasExited) {
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await this.stop();
      clearTimeout(force);
    }
    // After a crash PostgreSQL ends a little later than the server, and writes until it does.
    while ((await processesIn(this.dataDir)).length > 0) await delay(POLL_MS);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<Exit> {
    if (!this.#child) throw new Error('The server was not started.');
    this.#child.kill(signal);
    return this.#child.exit;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
