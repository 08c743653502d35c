import { RunTimeoutError } from '../execution.errors.ts';

/** Measures how long a run works. The time in which it waits for its owner does not count. */
export class RunTimer {
  readonly #limit = new AbortController();
  #leftMs: number;
  #startedAt = 0;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param workedMs what it has worked already, elsewhere */
  constructor(
    private readonly timeoutMs: number,
    workedMs = 0,
  ) {
    // A run that is over its time is still ended by its timer, like any other.
    this.#leftMs = Math.max(1, timeoutMs - workedMs);
    this.#run();
  }

  /** Aborts with a RunTimeoutError when the time is up. */
  get signal(): AbortSignal {
    return this.#limit.signal;
  }

  /** Stands still while at least one such work is under way. */
  async whileWaiting<R>(work: () => Promise<R>): Promise<R> {
    if (this.#waiting++ === 0) this.#pause();
    try {
      return await work();
    } finally {
      if (--this.#waiting === 0) this.#run();
    }
  }

  stop(): void {
    this.#leftMs = 0;
    clearTimeout(this.#timer);
  }

  #run(): void {
    if (this.#leftMs <= 0) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.#limit.abort(new RunTimeoutError(this.timeoutMs)), this.#leftMs);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    // Zero means that the clock was stopped for good.
    if (this.#leftMs > 0) this.#leftMs = Math.max(1, this.#leftMs - (performance.now() - this.#startedAt));
  }
}
