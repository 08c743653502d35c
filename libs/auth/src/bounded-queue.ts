/** Runs work in order of arrival, a few at a time, and refuses it when too much is waiting. */
export class BoundedQueue {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    private readonly limits: {
      readonly atOnce: number;
      readonly waiting: number;
      readonly refusal: (limit: number) => Error;
    },
  ) {}

  /** @throws the refusal at once when the queue is full, or whatever `work` throws */
  async run<R>(work: () => Promise<R>): Promise<R> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    const { atOnce, waiting, refusal } = this.limits;
    if (this.#running < atOnce) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= waiting) throw refusal(waiting);
    await new Promise<void>((proceed) => this.#waiting.push(proceed));
  }

  /** Hands the place on rather than freeing it, so that a newcomer can't overtake those who wait. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
