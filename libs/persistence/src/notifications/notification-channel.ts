import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type pg from 'pg';

const RECONNECT_MS = 500;
/** How long a server may take to begin to listen, in milliseconds. */
const FIRST_LISTENING_MS = 30_000;
/** Payloads of one message to the database. */
const AT_ONCE = 1_000;

export interface NotificationHandlers {
  readonly onNotification: (payload: string) => void;
  /** Listening began, or began again after the connection was lost: whatever was sent meanwhile is gone. */
  readonly onListening: () => void;
  /** Listening has ended without being asked to; it begins again as soon as it can. */
  readonly onLost?: () => void;
}

/** A PostgreSQL notification channel that all nodes share. Payloads are hints without content: any login may listen. */
export class NotificationChannel {
  readonly #logger = new Logger(NotificationChannel.name);
  #client: pg.PoolClient | undefined;
  #closed = false;
  /** What is to be sent, in order. */
  readonly #unsent = new Set<string>();
  #sending: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: pg.Pool,
    /** A plain lower-case identifier. */
    private readonly name: string,
    private readonly handlers: NotificationHandlers,
  ) {}

  /**
   * Listens, and keeps listening through restarts of the database, until `close`.
   * @throws the last error when listening does not begin within half a minute
   */
  open(): Promise<void> {
    return this.#listenUntil(Date.now() + FIRST_LISTENING_MS);
  }

  /**
   * Sends payloads to every listening node, this one included, in order. What can't be sent is kept, and sent when that
   * is possible again; of equal payloads only the last.
   * @returns settles after the first attempt, and never fails
   */
  announce(payloads: readonly string[]): Promise<void> {
    for (const payload of payloads) {
      this.#unsent.delete(payload);
      this.#unsent.add(payload);
    }
    return (this.#sending ??= this.#send().finally(() => (this.#sending = undefined)));
  }

  /** What is still to be sent is given up. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    // Closed rather than pooled: another user of the connection must not go on listening.
    this.#client?.release(true);
    this.#client = undefined;
  }

  async #listenUntil(deadline: number): Promise<void> {
    while (!this.#closed) {
      try {
        return await this.#listen();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        this.#logger.warn(`Listening is not possible at the moment: ${String(error)}`);
        await delay(RECONNECT_MS);
      }
    }
  }

  async #send(): Promise<void> {
    // What is asked for side by side goes together.
    await Promise.resolve();
    clearTimeout(this.#retry);
    while (this.#unsent.size > 0) {
      const payloads = [...this.#unsent].slice(0, AT_ONCE);
      for (const payload of payloads) this.#unsent.delete(payload);
      try {
        await this.#notify(payloads);
      } catch (error) {
        this.#keep(payloads);
        this.#logger.warn(`Other nodes are told later (${this.name}): ${String(error)}`);
        if (!this.#closed) this.#retry = setTimeout(() => void this.announce([]), RECONNECT_MS).unref();
        return;
      }
    }
  }

  /** Before what came meanwhile, unless that says the same. */
  #keep(payloads: readonly string[]): void {
    const newer = [...this.#unsent];
    this.#unsent.clear();
    for (const payload of payloads) if (!newer.includes(payload)) this.#unsent.add(payload);
    for (const payload of newer) this.#unsent.add(payload);
  }

  /** On the connection that listens, where there is one: it needs no other that may not be had. */
  async #notify(payloads: readonly string[]): Promise<void> {
    const text = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload';
    await (this.#client ?? this.pool).query({ name: 'notify', text, values: [this.name, payloads] });
  }

  async #listen(): Promise<void> {
    const client = await this.pool.connect();
    const onLoss = (error?: Error): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      client.release(error ?? true);
      this.handlers.onLost?.();
      void this.#listenUntil(Infinity);
    };
    client.on('error', onLoss);
    client.on('end', () => onLoss());
    client.on('notification', ({ payload }) => this.handlers.onNotification(payload ?? ''));
    try {
      await client.query(`LISTEN ${this.name}`);
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.#client = client;
    if (this.#closed) this.close();
    else {
      this.handlers.onListening();
      void this.announce([]);
    }
  }
}
