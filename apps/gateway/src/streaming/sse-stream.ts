import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ClosingReason, ControlEvents, ThreadEvent } from '@bulkhead/events';

const HEARTBEAT_MS = 15_000;
/** How long a client may leave what it was sent untouched, in milliseconds, before it counts as too slow. */
const STALL_MS = 4_000;
/** How long a client may take to read its last words, in milliseconds. */
const LAST_WORD_MS = 500;

/** One response of server-sent events. Source: HTML Living Standard, section 9.2. */
export class SseStream {
  readonly #response: ServerResponse;
  readonly #abort = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;

  /** @param headers what the server puts on every response */
  constructor(
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
    private readonly stallMs = STALL_MS,
  ) {
    this.#response = response;
    response.on('close', () => this.#stop());
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // nginx collects an answer until its buffers are full, unless it is told not to.
      'x-accel-buffering': 'no',
    });
    // Proxies pass headers on with the first byte of the body.
    response.write(': open\n\n');
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
  }

  /** Aborts when the stream is over, whoever ended it. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  onClose(then: () => void): void {
    this.#response.once('close', then);
  }

  /** Sends an event, and waits while the network takes nothing more. @returns false when it takes too long */
  async send(event: ThreadEvent): Promise<boolean> {
    if (this.signal.aborted) return true;
    const frame = `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    if (this.#response.write(frame)) return true;
    // Not AbortSignal.timeout: Node 20 collects one that only AbortSignal.any knows, and it never comes.
    const stalled = new AbortController();
    const timer = setTimeout(() => stalled.abort(), this.stallMs);
    try {
      await once(this.#response, 'drain', { signal: AbortSignal.any([this.signal, stalled.signal]) });
      return true;
    } catch {
      return this.signal.aborted;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends something that is no event of a thread: it has no id, so it does not move the client's cursor. */
  tell<Name extends keyof ControlEvents>(name: Name, data: ControlEvents[Name]): void {
    if (!this.signal.aborted) this.#response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Closes it with a reason as its last word. */
  end(reason: ClosingReason): void {
    this.tell('connection_closing', { reason });
    this.close();
  }

  close(): void {
    this.#stop();
    if (this.#response.closed) return;
    // One who reads nothing would keep what is left for ever.
    const cut = setTimeout(() => this.#response.destroy(), LAST_WORD_MS);
    this.#response.once('close', () => clearTimeout(cut));
    this.#response.end();
  }

  #stop(): void {
    clearInterval(this.#heartbeat);
    this.#abort.abort();
  }

  /** A client that takes nothing is left to the heartbeat after, not sent more of them. */
  #beat(): void {
    if (this.#response.writableNeedDrain) return;
    this.#response.write(': still here\n\n');
  }
}
