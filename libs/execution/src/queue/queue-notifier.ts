import type { FeatureFlags } from '@bulkhead/flags';
import { NotificationChannel, type Database } from '@bulkhead/persistence';

const CHANNEL = 'bulkhead_runs';
/** How often a node asks for runs where nodes don't tell each other. */
const POLL_MS = 100;

/**
 * Tells nodes that there may be a run to take. A wake that is lost is made up for by the next beat. The flag
 * `run_queue_wake` has every node ask instead, where notifications are in doubt.
 */
export class QueueNotifier {
  readonly #channel: NotificationChannel;
  readonly #unwatch: () => void;
  #poll: NodeJS.Timeout | undefined;
  #isOpen = false;

  constructor(
    database: Database,
    private readonly flags: FeatureFlags,
    private readonly onWake: () => void,
  ) {
    this.#channel = new NotificationChannel(database.pool, CHANNEL, {
      onNotification: onWake,
      onListening: onWake,
    });
    this.#unwatch = flags.onChange(() => this.#followFlag());
  }

  /** Wakes from now on. */
  async open(): Promise<void> {
    this.#isOpen = true;
    this.#followFlag();
    await this.#channel.open();
  }

  close(): void {
    this.#isOpen = false;
    this.#unwatch();
    this.#followFlag();
    this.#channel.close();
  }

  async others(): Promise<void> {
    // They ask by themselves.
    if (this.#isPolling) return;
    await this.#channel.announce(['']);
  }

  get #isPolling(): boolean {
    return this.flags.value('run_queue_wake') === 'poll';
  }

  /** A node that takes no runs never opens, and asks for none. */
  #followFlag(): void {
    clearInterval(this.#poll);
    this.#poll = this.#isOpen && this.#isPolling ? setInterval(this.onWake, POLL_MS) : undefined;
  }
}
