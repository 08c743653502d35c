import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, NotificationChannel } from '@bulkhead/persistence';
import { EventRouter, type RouteKey } from './event-router.service.ts';

const CHANNEL = 'bulkhead_events';
/** Threads that changed within this time are announced together. */
const COALESCE_MS = 10;
/** Every reader looks by itself once in so many sweeps, in case a wake was lost; not all of them at once. */
const SHARES = 60;
const SWEEP_MS = 1_000;

/**
 * Wakes the readers of other nodes. What travels names a user and a thread and carries nothing: each reader then
 * reads the log under its own user's row-level security.
 */
@Injectable()
export class EventNotifier implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #node = randomUUID();
  readonly #changed = new Set<RouteKey>();
  readonly #channel: NotificationChannel;
  #announcement: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(
    database: Database,
    private readonly router: EventRouter,
  ) {
    this.#channel = new NotificationChannel(database.pool, CHANNEL, {
      onNotification: (payload) => this.#hear(payload),
      onListening: () => this.router.wakeAll(),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#stopWatching = this.router.onPublish((key) => this.#announceSoon(key));
    let share = 0;
    this.#sweep = setInterval(() => this.router.wakeShare(share++ % SHARES, SHARES), SWEEP_MS);
    await this.#channel.open();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopWatching?.();
    clearInterval(this.#sweep);
    clearTimeout(this.#announcement);
    await this.#announce();
    this.#channel.close();
  }

  #announceSoon(key: RouteKey): void {
    this.#changed.add(key);
    this.#announcement ??= setTimeout(() => void this.#announce(), COALESCE_MS);
  }

  async #announce(): Promise<void> {
    this.#announcement = undefined;
    if (this.#changed.size === 0) return;
    const payloads = [...this.#changed].map((key) => `${this.#node} ${key}`);
    this.#changed.clear();
    await this.#channel.announce(payloads);
  }

  #hear(payload: string): void {
    const [node, ...key] = payload.split(' ');
    if (node !== this.#node) this.router.wake(key.join(' ') as RouteKey);
  }
}
