import type { ClosingReason, ControlEvents } from '@bulkhead/events';
import type { UserSocket } from './user-socket.ts';
import type { DeliveryTrace } from './delivery-observer.service.ts';
import { SendWindow } from './send-window.ts';

/** How long a client that is told why it is closed may take to read it, in milliseconds. */
const LAST_WORD_MS = 500;

/** One live connection: the threads that it follows, and what it was sent. */
export class Connection {
  readonly threads = new Map<string, AbortController>();
  /** What it was handed of them. */
  readonly observed = new Map<string, DeliveryTrace>();
  readonly outbox: SendWindow;
  #isEnding = false;

  constructor(
    readonly socket: UserSocket,
    bufferLimit: number,
  ) {
    const { conn } = socket;
    this.outbox = new SendWindow(conn, bufferLimit);
    // What is flushed together goes to the network together: one system call instead of one per event.
    const network = conn.request.socket;
    conn.on('flush', () => {
      this.outbox.flushed();
      network.cork();
    });
    conn.on('drain', () => network.uncork());
    // Its headers are some kilobytes, and nobody reads them again.
    Reflect.set(conn, 'request', undefined);
  }

  /** Stops all deliveries; the connection itself stays. */
  stop(): void {
    for (const abort of this.threads.values()) abort.abort();
    this.threads.clear();
  }

  /** Sends something that is no event of a thread. */
  tell<Name extends keyof ControlEvents>(name: Name, data: ControlEvents[Name]): void {
    this.socket.emit(name, data);
  }

  /**
   * Closes it with a reason as its last word. What was not handed to the network yet is dropped, and replayed later.
   * @returns false when it is closing already
   */
  end(reason: ClosingReason): boolean {
    if (this.#isEnding) return false;
    this.#isEnding = true;
    this.stop();
    const { conn } = this.socket;
    (Reflect.get(conn, 'writeBuffer') as unknown[]).length = 0;
    this.tell('connection_closing', { reason });
    this.socket.disconnect(true);
    // A client that reads nothing does not take part in closing either: its network connection is cut.
    const cut = setTimeout(() => cutNetwork(conn), LAST_WORD_MS);
    conn.once('close', () => clearTimeout(cut));
    return true;
  }
}

/** Ends the connection below the protocol; what Node still held for it is freed. */
function cutNetwork(conn: UserSocket['conn']): void {
  const { socket } = conn.transport as { socket?: { terminate?: () => void } };
  socket?.terminate?.();
  conn.close(true);
}
