/** Longest time in which a worker starts and loads a task's module, in milliseconds: longer than a busy machine needs. */
const MAX_LOADING_MS = 30_000;

/** Aborts its signal when a task has taken too long, counted from when its thread began with it. */
export class TaskClock {
  readonly #limit = new AbortController();
  /** Set by the thread. */
  readonly begunAt = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  readonly #deadline = Date.now() + MAX_LOADING_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly timeoutMs: number) {
    this.#look();
  }

  get signal(): AbortSignal {
    return this.#limit.signal;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const [begunAt = 0] = this.begunAt;
    const leftMs = (begunAt === 0 ? this.#deadline : begunAt + this.timeoutMs) - Date.now();
    if (leftMs <= 0) this.#limit.abort();
    else this.#timer = setTimeout(() => this.#look(), Math.min(leftMs, this.timeoutMs));
  }
}
