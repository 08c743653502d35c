/** Where work waits until a spec lets it go on, one at a time. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();
  #isOpen = false;
  #peak = 0;

  /** The most that ever waited at the same time. */
  get peak(): number {
    return this.#peak;
  }

  pass(): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#peak = Math.max(this.#peak, this.#waiting.length);
      for (const look of this.#watchers) look();
    });
  }

  /** Settles when at least so many wait. */
  untilWaiting(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#waiting.length < count) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  letOnePass(): void {
    this.#waiting.shift()?.();
  }

  /** Lets everything pass from now on. */
  open(): void {
    this.#isOpen = true;
    while (this.#waiting.length > 0) this.letOnePass();
  }
}
