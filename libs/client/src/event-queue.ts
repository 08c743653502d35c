/** Items on their way from a producer that does not wait to consumers that do. */
export class EventQueue<Item> {
  readonly #items: Item[] = [];
  readonly #waiting = new Set<() => void>();
  #end: { readonly error?: Error } | undefined;

  /** How many items wait. */
  get size(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    if (this.#end) return;
    this.#items.push(item);
    this.#wake();
  }

  /** Nothing more will come; what is here can still be taken. With an error, taking then throws it. */
  end(error?: Error): void {
    this.#end ??= error ? { error } : {};
    this.#wake();
  }

  /** The next item; undefined after the end, or when the signal aborts. @throws the error it ended with */
  async take(signal?: AbortSignal): Promise<Item | undefined> {
    while (!signal?.aborted) {
      if (this.#items.length > 0) return this.#items.shift();
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return undefined;
      await this.#change(signal);
    }
    return undefined;
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
