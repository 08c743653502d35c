import { RateLimitedError } from './rate-limits.errors.ts';
import type { SharedCounter } from './shared-counter.ts';

/** Length of a window, in seconds. */
export const WINDOW_SECONDS = 60;
/** One part in so many of the limit is spent before the other nodes hear of it. */
const PARTS = 20;
/** Keys that are counted at the same time; the oldest give way. */
const MAX_KEYS = 100_000;

interface Window {
  /** By all nodes, as far as it is known here. */
  used: number;
  /** Here, and on its way to the others. */
  pending: number;
  /** Here, and not told yet. */
  untold: number;
  endsAt: number;
}

/** What is left of a limit. */
export interface Allowance {
  readonly limit: number;
  readonly left: number;
  /** Seconds until the window is over. */
  readonly seconds: number;
}

/**
 * A limit per key and minute over all nodes. Counting costs no query on the way of a request: a node counts by
 * itself and tells the others every few requests, so that n nodes may go over the limit by n parts in twenty.
 */
export class RateLimit {
  readonly #windows = new Map<string, Window>();

  constructor(
    readonly name: string,
    readonly limit: number,
    private readonly share: SharedCounter,
    private readonly onFailure: (error: unknown) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws RateLimitedError */
  spend(key: string): Allowance {
    const window = this.#windowOf(key);
    window.untold += 1;
    const left = this.limit - window.used - window.pending - window.untold;
    const seconds = this.#secondsOf(window);
    if (left >= 0 && window.untold >= Math.ceil(this.limit / PARTS)) this.#tell(key, window);
    if (left < 0) {
      // What is refused counts for nothing more: who is over the limit costs no query either.
      window.untold -= 1;
      throw new RateLimitedError(this.limit, seconds);
    }
    return { limit: this.limit, left, seconds };
  }

  /** The error that `spend` would throw, if it would; counts nothing, and remembers no key. */
  refusal(key: string): RateLimitedError | undefined {
    const window = this.#windows.get(key);
    if (!window || window.endsAt <= this.now()) return undefined;
    if (window.used + window.pending + window.untold < this.limit) return undefined;
    return new RateLimitedError(this.limit, this.#secondsOf(window));
  }

  #secondsOf(window: Window): number {
    return Math.max(1, Math.ceil((window.endsAt - this.now()) / 1000));
  }

  #windowOf(key: string): Window {
    const known = this.#windows.get(key);
    if (known && known.endsAt > this.now()) return known;
    this.#windows.delete(key);
    const [oldest] = this.#windows.keys();
    if (oldest !== undefined && this.#windows.size >= MAX_KEYS) this.#windows.delete(oldest);
    const window = { used: 0, pending: 0, untold: 0, endsAt: this.now() + WINDOW_SECONDS * 1000 };
    this.#windows.set(key, window);
    return window;
  }

  #tell(key: string, window: Window): void {
    const points = window.untold;
    window.untold = 0;
    window.pending += points;
    this.share(key, points).then(
      ({ used, msLeft }) => {
        window.pending -= points;
        window.used = Math.max(window.used, used);
        window.endsAt = this.now() + msLeft;
      },
      (error: unknown) => {
        // Without the database each node still holds its own limit.
        window.pending -= points;
        window.used += points;
        this.onFailure(error);
      },
    );
  }
}
