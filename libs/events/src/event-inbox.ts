import type { ThreadEvent } from './thread-event.ts';

/** Most live events kept for a reader that is busy; beyond it the reader goes back to the log. */
export const MAX_PENDING_EVENTS = 256;

/** Live events on their way to one reader: bounded, in any order of arrival. */
export class EventInbox {
  #events: ThreadEvent[] = [];
  #overflowed = false;
  #wake: (() => void) | undefined;

  add(events: readonly ThreadEvent[]): void {
    this.#overflowed ||= this.#events.length + events.length > MAX_PENDING_EVENTS;
    if (this.#overflowed) this.#events = [];
    else this.#events.push(...events);
    this.wake();
  }

  /**
   * Takes everything out: the events from `seq` on, or `gap` when one of them is not here (commits can be heard
   * in another order, and a full inbox drops) and the log must be read.
   */
  takeFrom(seq: number): readonly ThreadEvent[] | 'gap' {
    const events = this.#events.filter((event) => event.seq >= seq).sort((a, b) => a.seq - b.seq);
    const isComplete = !this.#overflowed && events.every((event, index) => event.seq === seq + index);
    this.#events = [];
    this.#overflowed = false;
    return isComplete ? events : 'gap';
  }

  /** Settles when something was added since the last take, or on `wake`. */
  untilMore(): Promise<void> {
    if (this.#events.length > 0 || this.#overflowed) return Promise.resolve();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
