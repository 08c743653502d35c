/** Lets callers pass while it is open, and makes them wait while it is not. */
export class Turnstile {
  readonly #waiting = new Set<() => void>();
  #isOpen = false;
  #reason: Error | undefined;

  /** @throws the reason once it is broken */
  async pass(): Promise<void> {
    while (!this.#isOpen && !this.#reason) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    if (this.#reason) throw this.#reason;
  }

  open(): void {
    this.#isOpen = true;
    this.#release();
  }

  close(): void {
    this.#isOpen = false;
  }

  /** For good: whoever waits, or comes later, is told the reason. */
  break(reason: Error): void {
    this.#reason ??= reason;
    this.#release();
  }

  #release(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
