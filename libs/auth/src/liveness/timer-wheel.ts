/** How long an item may outlive its time, in milliseconds. */
const TICK_MS = 250;

/**
 * Calls back for items whose time has come. All share one timer, which runs only while there are items: a timer per
 * connection would cost more than the connection's own record.
 */
export class TimerWheel<Item> {
  readonly #slots = new Map<number, Set<Item>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly onExpired: (item: Item) => void) {}

  /** @param at milliseconds since the epoch */
  add(item: Item, at: number): void {
    const slot = slotOf(at);
    const items = this.#slots.get(slot);
    if (items) items.add(item);
    else this.#slots.set(slot, new Set([item]));
    this.#timer ??= setInterval(() => this.#turn(), TICK_MS).unref();
  }

  remove(item: Item, at: number): void {
    const slot = slotOf(at);
    const items = this.#slots.get(slot);
    items?.delete(item);
    if (items?.size === 0) this.#slots.delete(slot);
    if (this.#slots.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #turn(): void {
    const now = Date.now() / TICK_MS;
    for (const [slot, items] of [...this.#slots]) {
      if (slot > now) continue;
      this.#slots.delete(slot);
      for (const item of items) this.onExpired(item);
    }
    if (this.#slots.size === 0) this.stop();
  }
}

const slotOf = (at: number): number => Math.ceil(at / TICK_MS);
