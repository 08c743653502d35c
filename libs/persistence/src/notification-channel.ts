import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type pg from 'pg';

const RECONNECT_MS = 500;

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

  constructor(
    private readonly pool: pg.Pool,
    /** A plain lower-case identifier. */
    private readonly name: string,
    private readonly handlers: NotificationHandlers,
  ) {}

  /** Listens, and keeps listening through restarts of the database, until `close`. */
  async open(): Promise<void> {
    while (!this.#closed) {
      try {
        return await this.#listen();
      } catch (error) {
        this.#logger.warn(`Listening is not possible at the moment: ${String(error)}`);
        await delay(RECONNECT_MS);
      }
    }
  }

  /** Sends payloads to every listening node, this one included; lost when the database is away. */
  async notify(payloads: readonly string[]): Promise<void> {
    const text = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload';
    await this.pool.query({ name: 'notify', text, values: [this.name, payloads] });
  }

  close(): void {
    this.#closed = true;
    // Closed rather than pooled: another user of the connection must not go on listening.
    this.#client?.release(true);
    this.#client = undefined;
  }

  async #listen(): Promise<void> {
    const client = await this.pool.connect();
    const onLoss = (error?: Error): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      client.release(error ?? true);
      this.handlers.onLost?.();
      void this.open();
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
    else this.handlers.onListening();
  }
}
