import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ConnectionAuthMonitor } from '@bulkhead/auth';
import { DeliveryCursors, ResyncRequiredError, ThreadReader } from '@bulkhead/events';
import { UserExecutionContext } from '@bulkhead/user-context';
import { GatewayConfig } from '../config/gateway.config.ts';
import type { UserSocket } from './user-socket.ts';
import { Connection } from './connection.ts';
import { DeliveryObserver } from './delivery-observer.service.ts';
import { TooManyThreadsError } from './streaming.errors.ts';

/** How often connections are looked after, in milliseconds. */
const TICK_MS = 500;
/** Ticks without a sign of life after which a client that was sent much counts as too slow: three and a half to four seconds. */
const MAX_IDLE_TICKS = 7;
/** Threads that one connection may follow. */
export const MAX_OPEN_THREADS = 100;

/**
 * Sends events to connections: the only place that does. Each open thread has a reader of its own, under the
 * connection's own user; there are no rooms, so there is nothing to be in by mistake.
 */
@Injectable()
export class EventDelivery implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  readonly #logger = new Logger(EventDelivery.name);
  readonly #connections = new Map<UserSocket, Connection>();
  #ticking: NodeJS.Timeout | undefined;

  constructor(
    private readonly reader: ThreadReader,
    private readonly cursors: DeliveryCursors,
    private readonly liveness: ConnectionAuthMonitor,
    private readonly config: GatewayConfig,
    private readonly observer: DeliveryObserver,
  ) {}

  /** Connections that are open now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  onModuleInit(): void {
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#ticking);
  }

  beforeApplicationShutdown(): void {
    for (const connection of [...this.#connections.values()]) connection.end('server_shutdown');
  }

  /** Makes a verified connection ready; it ends with its identity. */
  connect(socket: UserSocket): void {
    const connection = new Connection(socket, this.config.CONNECTION_BUFFER_KIB * 1024);
    this.#connections.set(socket, connection);
    socket.conn.once(
      'close',
      this.liveness.watch(socket.data.identity, (reason) => connection.end(reason)),
    );
  }

  /** Forgets a connection. One that left its namespace only must not stay on without a user: it is closed. */
  disconnect(socket: UserSocket): void {
    this.#connections.get(socket)?.stop();
    this.#connections.delete(socket);
    socket.conn.close();
  }

  /**
   * Delivers a thread's events from a cursor on; opening it again moves the cursor. Verify the thread first.
   * @throws TooManyThreadsError
   */
  open(socket: UserSocket, threadId: string, afterSeq: number): void {
    const connection = this.#connections.get(socket);
    if (!connection) return;
    const { threads } = connection;
    if (!threads.has(threadId) && threads.size >= MAX_OPEN_THREADS) {
      throw new TooManyThreadsError(MAX_OPEN_THREADS);
    }
    threads.get(threadId)?.abort();
    const abort = new AbortController();
    threads.set(threadId, abort);
    this.#pump(connection, threadId, afterSeq, abort.signal).catch((error: unknown) =>
      this.#onFailure(connection, threadId, abort, error),
    );
  }

  close(socket: UserSocket, threadId: string): void {
    const threads = this.#connections.get(socket)?.threads;
    threads?.get(threadId)?.abort();
    threads?.delete(threadId);
  }

  /** The connection's client says that it has everything of the thread up to `seq`. */
  acknowledged(socket: UserSocket, threadId: string, seq: number): void {
    this.#connections.get(socket)?.observed.get(threadId)?.acknowledged(seq);
  }

  async #pump(
    { socket, outbox, observed }: Connection,
    threadId: string,
    afterSeq: number,
    signal: AbortSignal,
  ): Promise<void> {
    const context = UserExecutionContext.fromSocket(socket, { event: 'delivery', threadId });
    const delivery = this.observer.open(context, 'socket', afterSeq);
    observed.set(threadId, delivery);
    try {
      for await (const batch of this.reader.read(context, { threadId, afterSeq, signal })) {
        for (const event of batch) {
          while (!outbox.hasRoom && !signal.aborted) await outbox.untilRoom(signal);
          if (signal.aborted) return;
          socket.emit(event.type, event);
          this.cursors.delivered(context, threadId, event.seq);
          delivery.handed(event);
        }
      }
    } finally {
      delivery.close();
      if (observed.get(threadId) === delivery) observed.delete(threadId);
    }
  }

  #onFailure(connection: Connection, threadId: string, abort: AbortController, error: unknown): void {
    if (error instanceof ResyncRequiredError) {
      const { reason, range } = error;
      this.observer.resync('socket');
      if (!abort.signal.aborted) connection.tell('resync_required', { threadId, reason, ...range });
      if (connection.threads.get(threadId) === abort) connection.threads.delete(threadId);
      return;
    }
    this.#logger.error({ threadId, err: error });
    // The client comes back with its cursor, so nothing is lost.
    connection.socket.disconnect(true);
  }

  #tick(): void {
    for (const connection of [...this.#connections.values()]) {
      const { outbox } = connection;
      if (outbox.tick() < MAX_IDLE_TICKS && !outbox.isOverfull) continue;
      if (connection.end('slow_consumer')) this.observer.slow('socket');
    }
  }
}
