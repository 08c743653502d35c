import type { LoggerService } from '@nestjs/common';

/** How long refusals are counted before they are written, in milliseconds. */
const INTERVAL_MS = 10_000;

/**
 * Writes refused connections to the log: the first of a kind at once, with its request id, the others of the same
 * interval as one line with their number. A flood at the door can't flood the log.
 */
export class RefusalTally {
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly logger: Pick<LoggerService, 'log'>,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** @param outcome the code of the problem */
  note(outcome: string, requestId?: string): void {
    const count = this.#counts.get(outcome);
    this.#counts.set(outcome, (count ?? -1) + 1);
    if (count === undefined) this.logger.log({ requestId, event: 'connect', outcome });
    this.#timer ??= setTimeout(() => this.flush(), this.intervalMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [outcome, count] of this.#counts) {
      if (count > 0) this.logger.log({ event: 'connect', outcome, count });
    }
    this.#counts.clear();
  }
}
