import { once } from 'node:events';
import WebSocket from 'ws';

/** Starts Node with its inspector on a port of its own choice. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** A server from inside, over the inspector that Node has: nothing of the server is made for it. */
export class Inspector {
  #nextId = 1;
  readonly #answers = new Map<number, (result: unknown) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (text: Buffer) => {
      const { id = 0, result } = JSON.parse(text.toString()) as { id?: number; result?: unknown };
      this.#answers.get(id)?.(result);
      this.#answers.delete(id);
    });
  }

  /** @param output of a server that was started `inspectable` */
  static async of(output: string): Promise<Inspector> {
    const [url] = /ws:\/\/127\.0\.0\.1:\S+/.exec(output) ?? [];
    if (url === undefined) throw new Error('The server was not started with an inspector.');
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 30 });
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** Bytes in use after a full collection. */
  async usedBytes(): Promise<number> {
    await this.#ask('HeapProfiler.enable');
    await this.#ask('HeapProfiler.collectGarbage');
    await this.#ask('HeapProfiler.collectGarbage');
    return ((await this.#ask('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
  }

  /** The CPU profile of what happens meanwhile, as JSON that Chrome and editors open. */
  async profile(work: () => Promise<unknown>): Promise<string> {
    await this.#ask('Profiler.enable');
    await this.#ask('Profiler.start');
    await work();
    const { profile } = (await this.#ask('Profiler.stop')) as { profile: object };
    return JSON.stringify(profile);
  }

  close(): void {
    this.socket.terminate();
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }
}
