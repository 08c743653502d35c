import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, NotificationChannel } from '@bulkhead/persistence';
import { ConnectionCounts } from './connection-counts.ts';
import { PayloadSeal } from './payload-seal.ts';

const CHANNEL = 'bulkhead_connections';
/** What changes within this time is announced together, in milliseconds. */
const COALESCE_MS = 20;
const BEAT_MS = 1_000;

/** Tells the other nodes how many connections each user has here, and hears the same of them. */
@Injectable()
export class ConnectionCountSync implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #channel: NotificationChannel;
  readonly #seal: PayloadSeal;
  #announcement: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(
    database: Database,
    private readonly census: ConnectionCounts,
  ) {
    const seal = new PayloadSeal(database.deriveKey('connection counts'));
    this.#seal = seal;
    this.#channel = new NotificationChannel(database.pool, CHANNEL, {
      onNotification: (text) => {
        const payload = seal.open(text);
        if (payload !== undefined) this.census.hear(payload);
      },
      onListening: () => void this.#tell([this.census.question()]),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.census.onNews(() => {
      this.#announcement ??= setTimeout(() => this.#announce(), COALESCE_MS);
    });
    this.#beat = setInterval(() => this.#announce(), BEAT_MS);
    await this.#channel.open();
  }

  onModuleDestroy(): void {
    this.census.onNews(() => undefined);
    clearInterval(this.#beat);
    clearTimeout(this.#announcement);
    this.#channel.close();
  }

  #announce(): void {
    clearTimeout(this.#announcement);
    this.#announcement = undefined;
    this.census.forgetTheSilent();
    const announcements = this.census.announcements();
    if (announcements.length > 0) void this.#tell(announcements);
  }

  #tell(payloads: readonly string[]): Promise<void> {
    return this.#channel.announce(payloads.map((payload) => this.#seal.close(payload)));
  }
}

/** The census of this node, under a name that is new with each start. */
export const connectionCountsProvider = {
  provide: ConnectionCounts,
  useFactory: (): ConnectionCounts => new ConnectionCounts(randomUUID()),
};
