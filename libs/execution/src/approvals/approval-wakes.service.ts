import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, NotificationChannel } from '@bulkhead/persistence';

const CHANNEL = 'bulkhead_approvals';

/** Tells the node where a run waits that its owner has decided. What travels is a hint: the decision is stored. */
@Injectable()
export class ApprovalWakes implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #waiting = new Map<string, () => void>();
  readonly #channel: NotificationChannel;

  constructor(database: Database) {
    this.#channel = new NotificationChannel(database.pool, CHANNEL, {
      onNotification: (approvalId) => this.#waiting.get(approvalId)?.(),
      // What was sent while nobody listened is gone: everybody looks.
      onListening: () => {
        for (const wake of this.#waiting.values()) wake();
      },
    });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.#channel.open();
  }

  onModuleDestroy(): void {
    this.#channel.close();
  }

  /** The decision is committed. */
  async wake(approvalId: string): Promise<void> {
    await this.#channel.announce([approvalId]);
  }

  /** Settles at a wake, after the time, or with the signal's abort; whoever waits looks then. */
  async untilWoken(approvalId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    let done = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      done = resolve;
      timer = setTimeout(done, timeoutMs);
      this.#waiting.set(approvalId, done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', done);
    this.#waiting.delete(approvalId);
  }
}
