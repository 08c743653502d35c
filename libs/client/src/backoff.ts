/**
 * How long to wait before trying again: a random time up to a limit that doubles with each attempt. All of it is
 * random ("full jitter"), because the clients of a restarted server must not come all at once.
 */
export class Backoff {
  #attempts = 0;

  /** Both in milliseconds. */
  constructor(
    private readonly first: number,
    private readonly longest: number,
  ) {}

  /** Milliseconds. */
  next(): number {
    return Math.random() * Math.min(this.longest, this.first * 2 ** this.#attempts++);
  }

  /** The next trouble is a new one. */
  reset(): void {
    this.#attempts = 0;
  }
}
