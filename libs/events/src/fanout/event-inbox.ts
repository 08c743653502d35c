import type { ThreadEvent } from '../vocabulary/thread-event.ts';

/** Most live events kept for a reader that is busy; beyond it the reader goes back to the log. */
export const MAX_PENDING_EVENTS = 256;
/** Most characters of JSON in them. */
export const MAX_PENDING_CHARACTERS = 256 * 1024;

/** Live events on their way to one reader: bounded, in any order of arrival. */
export class EventInbox {
  #events: ThreadEvent[] = [];
  #characters = 0;
  #isBehind = false;
  #wake: (() => void) | undefined;

  /** Takes in live events, or the news that the log has events that will not come this way. */
  add(news: readonly ThreadEvent[] | 'behind'): void {
    this.#isBehind ||= news === 'behind' || !this.#hasRoomFor(news);
    if (this.#isBehind || news === 'behind') this.#clear();
    else this.#events.push(...news);
    this.wake();
  }

  /**
   * Takes everything out: the events from `seq` on, or `gap` when one of them is not here (commits can be heard
   * in another order, and a full inbox drops) and the log must be read.
   */
  takeFrom(seq: number): readonly ThreadEvent[] | 'gap' {
    const events = this.#events.filter((event) => event.seq >= seq).sort((a, b) => a.seq - b.seq);
    const isComplete = !this.#isBehind && events.every((event, index) => event.seq === seq + index);
    this.#clear();
    this.#isBehind = false;
    return isComplete ? events : 'gap';
  }

  /** Settles when something was added since the last take, or on `wake`. */
  untilMore(): Promise<void> {
    if (this.#events.length > 0 || this.#isBehind) return Promise.resolve();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #hasRoomFor(news: readonly ThreadEvent[]): boolean {
    if (this.#events.length + news.length > MAX_PENDING_EVENTS) return false;
    for (const { data } of news) this.#characters += JSON.stringify(data).length;
    return this.#characters <= MAX_PENDING_CHARACTERS;
  }

  #clear(): void {
    this.#events = [];
    this.#characters = 0;
  }
}
