/** Turns one acknowledgement per event into one per interval: an acknowledgement covers everything before it. */
export class AckBatch {
  #due = 0;
  #confirmed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;

  /** @param send rejects when the server could not be told; the next one covers it */
  constructor(
    private readonly intervalMs: number,
    private readonly send: (seq: number) => Promise<unknown>,
  ) {}

  add(seq: number): void {
    this.#due = Math.max(this.#due, seq);
    this.#timer ??= setTimeout(() => void this.flush(), this.intervalMs);
  }

  /** Settles when what is due now is sent, or could not be. Never rejects. */
  async flush(): Promise<void> {
    this.stop();
    // What is under way was due before.
    await this.#sending;
    this.#sending ??= this.#sendDue().finally(() => (this.#sending = undefined));
    await this.#sending;
  }

  /** Sends nothing by itself, until the next event. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #sendDue(): Promise<void> {
    const seq = this.#due;
    if (seq <= this.#confirmed) return;
    try {
      await this.send(seq);
      this.#confirmed = seq;
    } catch {
      // The next one covers it.
    }
  }
}
