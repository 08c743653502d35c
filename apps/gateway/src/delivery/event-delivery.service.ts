import { once } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { ThreadReader } from '@bulkhead/events';
import { UserExecutionContext } from '@bulkhead/user-context';
import type { UserSocket } from '../socket/user-socket.ts';
import { TooManyThreadsError } from './delivery.errors.ts';

/** Packets that may wait in a connection's buffer before reading stops. */
const HIGH_WATER_PACKETS = 256;
/** How long a full buffer may take to drain, in milliseconds, before the consumer counts as too slow. */
const DRAIN_TIMEOUT_MS = 5_000;
/** Threads that one connection may have open. */
export const MAX_OPEN_THREADS = 100;

interface Connection {
  readonly threads: Map<string, AbortController>;
  readonly expiry: NodeJS.Timeout;
}

/**
 * Sends events to connections: the only place that does. Each open thread has a reader of its own, under the
 * connection's own user; there are no rooms, so there is nothing to be in by mistake.
 */
@Injectable()
export class EventDelivery {
  readonly #logger = new Logger(EventDelivery.name);
  readonly #connections = new WeakMap<UserSocket, Connection>();

  constructor(private readonly reader: ThreadReader) {}

  /** Makes a verified connection ready; it ends with its identity. */
  connect(socket: UserSocket): void {
    const expiry = setTimeout(
      () => end(socket, 'token_expired'),
      Math.max(0, socket.data.identity.expiresAt - Date.now()),
    );
    this.#connections.set(socket, { threads: new Map(), expiry });
    writeTogether(socket);
  }

  disconnect(socket: UserSocket): void {
    const connection = this.#connections.get(socket);
    if (!connection) return;
    clearTimeout(connection.expiry);
    for (const abort of connection.threads.values()) abort.abort();
    this.#connections.delete(socket);
  }

  /**
   * Delivers a thread's events from a cursor on; opening it again moves the cursor. Verify the thread first.
   * @throws TooManyThreadsError
   */
  open(socket: UserSocket, threadId: string, afterSeq: number): void {
    const connection = this.#connections.get(socket);
    if (!connection) return;
    connection.threads.get(threadId)?.abort();
    if (!connection.threads.has(threadId) && connection.threads.size >= MAX_OPEN_THREADS) {
      throw new TooManyThreadsError(MAX_OPEN_THREADS);
    }
    const abort = new AbortController();
    connection.threads.set(threadId, abort);
    this.#pump(socket, threadId, afterSeq, abort.signal).catch((error: unknown) => {
      this.#logger.error({ threadId, err: error });
      // The client comes back with its cursor, so nothing is lost.
      socket.disconnect(true);
    });
  }

  close(socket: UserSocket, threadId: string): void {
    const threads = this.#connections.get(socket)?.threads;
    threads?.get(threadId)?.abort();
    threads?.delete(threadId);
  }

  async #pump(socket: UserSocket, threadId: string, afterSeq: number, signal: AbortSignal): Promise<void> {
    const context = UserExecutionContext.fromSocket(socket, { event: 'delivery', threadId });
    for await (const batch of this.reader.read(context, { threadId, afterSeq, signal })) {
      for (const event of batch) {
        if (signal.aborted) return;
        socket.emit(event.type, event);
      }
      if (!(await hasRoom(socket, signal))) return end(socket, 'slow_consumer');
    }
  }
}

/** Hands what is flushed together to the network together: one system call instead of one per event. */
function writeTogether({ conn }: UserSocket): void {
  const network = conn.request.socket;
  conn.on('flush', () => network.cork());
  conn.on('drain', () => network.uncork());
}

/** Packets that wait for the network. Engine.IO has no public figure for it. */
const pendingPackets = ({ conn }: UserSocket): number =>
  (Reflect.get(conn, 'writeBuffer') as readonly unknown[]).length;

/** Waits while the connection's buffer is full. @returns false when it stays full for too long */
async function hasRoom(socket: UserSocket, signal: AbortSignal): Promise<boolean> {
  while (pendingPackets(socket) > HIGH_WATER_PACKETS) {
    const timeout = AbortSignal.timeout(DRAIN_TIMEOUT_MS);
    try {
      await once(socket.conn, 'drain', { signal: AbortSignal.any([signal, timeout]) });
    } catch {
      return signal.aborted;
    }
  }
  return true;
}

function end(socket: UserSocket, reason: 'slow_consumer' | 'token_expired'): void {
  socket.emit('connection_closing', { reason });
  socket.disconnect(true);
}
