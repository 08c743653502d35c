import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to a connection. */
export type Mishap = 'reset' | 'half-open' | 'cut in mid-frame' | 'stall';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Once set, so many more bytes pass, and then none. */
  left?: number;
}

const STALL_MS = 3_000;

/** A network between clients and a server that fails when it is told to. */
export class ChaosProxy {
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  /** Connections made so far. */
  connections = 0;

  private constructor(private target: string) {
    this.#server = createServer((client) => this.#join(client));
  }

  /** @param target URL of the server */
  static async start(target: string): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are made from now on go to another server; those that are open stay. */
  leadTo(target: string): void {
    this.target = target;
  }

  /** Lets a mishap come over a connection that is open now. @returns whether there was one */
  strike(mishap: Mishap): boolean {
    const pairs = [...this.#pairs].filter(({ left }) => left === undefined);
    const pair = pairs[Math.floor(Math.random() * pairs.length)];
    if (!pair) return false;
    const { client, server } = pair;
    if (mishap === 'reset') for (const socket of [client, server]) socket.resetAndDestroy();
    if (mishap === 'half-open') {
      // The server sees the end; the client hears nothing more, not even that.
      pair.left = 0;
      server.destroy();
    }
    if (mishap === 'cut in mid-frame') pair.left = Math.floor(Math.random() * 40);
    if (mishap === 'stall') {
      client.pause();
      server.pause();
      setTimeout(() => {
        client.resume();
        server.resume();
      }, STALL_MS);
    }
    return true;
  }

  async close(): Promise<void> {
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const { port, hostname } = new URL(this.target);
    const pair: Pair = { client, server: connect(Number(port), hostname) };
    this.connections += 1;
    this.#pairs.add(pair);
    client.on('data', (chunk) => pair.left === undefined && pair.server.write(chunk));
    pair.server.on('data', (chunk) => this.#pass(pair, chunk));
    for (const [socket, other] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        // The other side of a half-open connection never learns.
        if (pair.left !== 0 || socket === client) other.destroy();
        if (socket === client) this.#pairs.delete(pair);
      });
    }
  }

  #pass(pair: Pair, chunk: Buffer): void {
    if (pair.left === undefined) return void pair.client.write(chunk);
    if (pair.left === 0) return;
    pair.client.write(chunk.subarray(0, pair.left));
    pair.left -= Math.min(pair.left, chunk.length);
    if (pair.left === 0) {
      pair.left = -1;
      for (const socket of [pair.client, pair.server]) socket.destroySoon();
    }
  }
}
