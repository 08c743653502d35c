import { orAbort } from './abortable.ts';

/** Lets callers pass while it is open, and makes them wait while it is not. */
export class Turnstile {
  readonly #waiting = new Set<() => void>();
  #isOpen = false;
  #reason: Error | undefined;

  /** @throws the reason once it is broken, or the signal's */
  async pass(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (!this.#isOpen && !this.#reason) {
      let wake: () => void = () => undefined;
      const woken = new Promise<void>((resolve) => this.#waiting.add((wake = resolve)));
      await orAbort(woken, signal).finally(() => this.#waiting.delete(wake));
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
    for (const resolve of this.#waiting) resolve();
  }
}
