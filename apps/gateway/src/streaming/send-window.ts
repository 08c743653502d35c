import { Buffer } from 'node:buffer';

/** What an outbox sees of an engine connection. */
export interface OutgoingConnection {
  readonly transport: object;
  on(
    event: 'packetCreate',
    listener: (packet: { readonly type: string; readonly data?: unknown }) => void,
  ): unknown;
  on(event: 'heartbeat', listener: () => void): unknown;
}

/**
 * Bytes after which the client is asked for a sign that it has read them. One that has given none may not have more
 * waiting; it may have more by as much as it confirms.
 */
const MARK_BYTES = 64 * 1024;
/** Kept free for one event and for answers, in bytes. */
const RESERVE_BYTES = 128 * 1024;

/**
 * What one connection was sent and has not confirmed, in bytes. A paused client keeps megabytes waiting in the
 * buffers of the network, where nobody sees them: so the count goes down only when the client answers a heartbeat
 * that was sent behind them. What waits in this process counts too, whatever the client says.
 *
 * How much may wait grows with what the client has shown to take in, up to the limit: one that reads nothing costs
 * little of the reading, encoding and sending that others wait for.
 */
export class SendWindow {
  /** Bytes up to each heartbeat that is not answered yet. */
  readonly #marks: number[] = [];
  #unmarked = 0;
  #unconfirmed = 0;
  #queued = 0;
  #isMarking = false;
  #idleTicks = 0;
  #waiting: (() => void)[] = [];
  #window: number;

  /** @param limit in bytes, at least 256 KiB */
  constructor(
    private readonly connection: OutgoingConnection,
    private readonly limit: number,
  ) {
    this.#window = Math.min(MARK_BYTES, this.#largestWindow);
    connection.on('packetCreate', ({ type, data }) => this.#count(type, data));
    connection.on('heartbeat', () => this.#confirm());
  }

  /** Bytes that are sent and not confirmed, or wait in this process. */
  get size(): number {
    return Math.max(this.#unconfirmed, this.#held);
  }

  /** Whether another event may be sent. */
  get hasRoom(): boolean {
    return this.size < this.#window;
  }

  /** Whether more waits in this process than may. */
  get isOverfull(): boolean {
    return this.#held > this.limit;
  }

  /** Settles when there may be room again, or the signal aborts. Ask again then: others wait too. */
  async untilRoom(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.push(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Everything that waited here was handed to the network. */
  flushed(): void {
    this.#queued = 0;
  }

  /** Call at regular intervals. @returns for how many calls the client has confirmed nothing although it should */
  tick(): number {
    this.#idleTicks = this.size < MARK_BYTES ? 0 : this.#idleTicks + 1;
    if (this.hasRoom) this.#wake();
    return this.#idleTicks;
  }

  get #largestWindow(): number {
    return this.limit - RESERVE_BYTES;
  }

  /** What waits in this process, in the engine's buffer and in that of the WebSocket. */
  get #held(): number {
    const { name, socket } = this.connection.transport as {
      name: string;
      socket?: { bufferedAmount?: number };
    };
    return this.#queued + (name === 'websocket' ? (socket?.bufferedAmount ?? 0) : 0);
  }

  #count(type: string, data: unknown): void {
    const bytes = sizeOf(data);
    this.#queued += bytes;
    this.#unconfirmed += bytes;
    this.#unmarked += bytes;
    if (type === 'ping') {
      this.#marks.push(this.#unmarked);
      this.#unmarked = 0;
    } else if (this.#unmarked >= MARK_BYTES && !this.#isMarking) {
      this.#isMarking = true;
      // Not at once: the packet that is being counted must go first.
      queueMicrotask(() => this.#mark());
    }
  }

  #mark(): void {
    this.#isMarking = false;
    // Engine.IO answers every ping with a pong, in order; it has no public method for it.
    const sendPacket = Reflect.get(this.connection, 'sendPacket') as (type: string) => void;
    Reflect.apply(sendPacket, this.connection, ['ping']);
  }

  #confirm(): void {
    const bytes = this.#marks.shift() ?? 0;
    this.#unconfirmed -= bytes;
    this.#window = Math.min(this.#window + bytes, this.#largestWindow);
    this.#idleTicks = 0;
    if (this.hasRoom) this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}
