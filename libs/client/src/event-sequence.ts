/** Anything with a place in a thread's order. */
interface Sequenced {
  readonly seq: number;
}

/**
 * Makes one ordered sequence of events that may arrive more than once, or too early: each is released once, in
 * order, without a gap.
 */
export class EventSequence<Event extends Sequenced> {
  readonly #early = new Map<number, Event>();
  #cursor: number | undefined;

  /** @param afterSeq the last sequence that is already known; absent until `startAfter` */
  constructor(afterSeq?: number) {
    this.#cursor = afterSeq;
  }

  /** The last sequence released; undefined before the start is known. */
  get cursor(): number | undefined {
    return this.#cursor;
  }

  /** Whether an event that came is waiting for one that did not. */
  get hasGap(): boolean {
    return this.#cursor !== undefined && this.#early.size > 0;
  }

  /** Sets the start if there is none yet. @returns what can be released now */
  startAfter(seq: number): Event[] {
    this.#cursor ??= seq;
    return this.#release();
  }

  /** @returns what can be released now: nothing for a duplicate */
  accept(event: Event): Event[] {
    if (event.seq > (this.#cursor ?? -1)) this.#early.set(event.seq, event);
    return this.#release();
  }

  #release(): Event[] {
    const released: Event[] = [];
    if (this.#cursor === undefined) return released;
    for (const seq of this.#early.keys()) if (seq <= this.#cursor) this.#early.delete(seq);
    for (let next = this.#early.get(this.#cursor + 1); next; next = this.#early.get(this.#cursor + 1)) {
      this.#cursor = next.seq;
      this.#early.delete(next.seq);
      released.push(next);
    }
    return released;
  }
}
