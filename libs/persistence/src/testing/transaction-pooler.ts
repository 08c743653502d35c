import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Startup parameters that PgBouncer takes without being told to ignore others. Source: its documentation, `ignore_startup_parameters`. */
const KNOWN =
  /^(?:user|database|application_name|client_encoding|datestyle|timezone|standard_conforming_strings)$/i;
const READY = 0x5a;
const IDLE = 0x49;
const TERMINATE = 0x58;

/** A pooler that lends a backend for a transaction, as PgBouncer does with `pool_mode = transaction`. */
export interface TransactionPooler {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * For specs. Asks for no password, so the PostgreSQL behind it must not either.
 * @param mode with `session` a client keeps its backend
 */
export async function startPooler(
  postgresPort: number,
  mode: 'session' | 'transaction',
): Promise<TransactionPooler> {
  const idle: Backend[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined).on('close', () => sockets.delete(client));
    new Session(client, postgresPort, idle, mode).start();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      for (const backend of idle) backend.socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Backend {
  readonly socket: Socket;
  readonly greeting: Buffer;
}

class Session {
  #backend: Backend | undefined;
  #startup: Buffer | undefined;
  readonly #pending: Buffer[] = [];
  #isAsking = false;

  constructor(
    private readonly client: Socket,
    private readonly port: number,
    private readonly idle: Backend[],
    private readonly mode: 'session' | 'transaction',
  ) {}

  start(): void {
    this.client.on('data', (data: Buffer) => void this.#fromClient(data).catch(() => this.client.destroy()));
    this.client.on('close', () => this.#backend?.socket.destroy());
  }

  async #fromClient(data: Buffer): Promise<void> {
    if (!this.#startup) {
      this.#startup = data;
      const words = data.subarray(8).toString().split('\0');
      const unknown = words.filter((word, index) => index % 2 === 0 && word !== '' && !KNOWN.test(word));
      if (unknown[0] !== undefined) return this.#refuse(`unsupported startup parameter: ${unknown[0]}`);
      const backend = await this.#lend();
      this.client.write(backend.greeting);
      if (this.mode === 'transaction') this.#giveBack();
      return;
    }
    if (data[0] === TERMINATE) return void this.client.end();
    this.#pending.push(data);
    if (this.#isAsking) return;
    this.#isAsking = true;
    const backend = this.#backend ?? (await this.#lend());
    for (const each of this.#pending.splice(0)) backend.socket.write(each);
    this.#isAsking = false;
  }

  async #lend(): Promise<Backend> {
    const backend = this.idle.pop() ?? (await open(this.port, this.#startup!));
    this.#backend = backend;
    backend.socket.removeAllListeners('data').on('data', (data: Buffer) => {
      this.client.write(data);
      const isReady = data.at(-6) === READY && data.at(-1) === IDLE;
      if (isReady && this.mode === 'transaction') this.#giveBack();
    });
    return backend;
  }

  #giveBack(): void {
    const backend = this.#backend;
    this.#backend = undefined;
    if (!backend) return;
    // What a backend says between transactions, such as a notification, reaches nobody.
    backend.socket.removeAllListeners('data').on('data', () => undefined);
    this.idle.push(backend);
  }

  #refuse(message: string): void {
    const fields = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(fields.length + 4, 1);
    this.client.end(Buffer.concat([head, fields]));
  }
}

/** A connection of the pooler's own. */
async function open(port: number, startup: Buffer): Promise<Backend> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(startup);
  let greeting = Buffer.alloc(0);
  while (greeting.at(-6) !== READY) {
    const [data] = (await once(socket, 'data')) as [Buffer];
    greeting = Buffer.concat([greeting, data]);
  }
  return { socket, greeting };
}
