import { Logger } from '@nestjs/common';
import { NotificationChannel, type Database } from '@bulkhead/persistence';

const CHANNEL = 'bulkhead_runs';

/** Tells nodes that there may be a run to take. A wake that is lost is made up for by the next beat. */
export class RunWake {
  readonly #logger = new Logger(RunWake.name);
  readonly #channel: NotificationChannel;

  constructor(database: Database, onWake: () => void) {
    this.#channel = new NotificationChannel(database.pool, CHANNEL, {
      onNotification: onWake,
      onListening: onWake,
    });
  }

  open(): Promise<void> {
    return this.#channel.open();
  }

  close(): void {
    this.#channel.close();
  }

  async others(): Promise<void> {
    await this.#channel
      .notify([''])
      .catch((error: unknown) => this.#logger.warn(`Other nodes could not be woken: ${String(error)}`));
  }
}
