import { once } from 'node:events';
import { Agent, setGlobalDispatcher } from 'undici';
import WebSocket from 'ws';
import type { Server } from '../server.ts';

/** Starts Node with its inspector on a port of its own choice. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** Lets the suite's own HTTP connections go when they are idle, so that what the server has open is not ours. */
export function forgetConnectionsSoon(): void {
  setGlobalDispatcher(new Agent({ keepAliveTimeout: 500, keepAliveMaxTimeout: 500 }));
}

interface Snapshot {
  readonly snapshot: { readonly meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/**
 * The heap of a running server, from outside: over the inspector that Node has, so that nothing of the server is made
 * for it. Speaks the Chrome DevTools protocol, https://chromedevtools.github.io/devtools-protocol/v8/.
 */
export class InspectedHeap {
  #nextId = 1;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #chunks: string[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (text: Buffer) => this.#read(text.toString()));
  }

  /** @param server one that was started `inspectable` */
  static async of(server: Server): Promise<InspectedHeap> {
    const [url] = /ws:\/\/127\.0\.0\.1:\S+/.exec(server.output) ?? [];
    if (url === undefined) throw new Error('The server was not started with an inspector.');
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 30 });
    await once(socket, 'open');
    const heap = new InspectedHeap(socket);
    await heap.#ask('HeapProfiler.enable');
    return heap;
  }

  /** Bytes in use after a full collection. */
  async usedBytes(): Promise<number> {
    await this.#ask('HeapProfiler.collectGarbage');
    await this.#ask('HeapProfiler.collectGarbage');
    const { usedSize } = (await this.#ask('Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize;
  }

  /** How many objects of each class are alive, for the classes asked for. */
  async count(classes: readonly string[]): Promise<ReadonlyMap<string, number>> {
    this.#chunks = [];
    await this.#ask('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    const snapshot = JSON.parse(this.#chunks.join('')) as Snapshot;
    this.#chunks = [];
    return countObjects(snapshot, classes);
  }

  /** The value of an expression in the running server. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return (answer as { readonly result: { readonly value: unknown } }).result.value;
  }

  close(): void {
    this.socket.terminate();
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  #read(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      result?: unknown;
      method?: string;
      params?: { chunk: string };
    };
    if (message.method === 'HeapProfiler.addHeapSnapshotChunk')
      this.#chunks.push(message.params?.chunk ?? '');
    if (message.id === undefined) return;
    this.#answers.get(message.id)?.(message.result);
    this.#answers.delete(message.id);
  }
}

function countObjects(
  { snapshot, nodes, strings }: Snapshot,
  classes: readonly string[],
): Map<string, number> {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt] = [fields.indexOf('type'), fields.indexOf('name')];
  const objectType = types[0].indexOf('object');
  const counts = new Map(classes.map((name) => [name, 0]));
  for (let at = 0; at < nodes.length; at += fields.length) {
    if (nodes[at + typeAt] !== objectType) continue;
    const name = strings[nodes[at + nameAt] ?? 0] ?? '';
    const count = counts.get(name);
    if (count !== undefined) counts.set(name, count + 1);
  }
  return counts;
}
