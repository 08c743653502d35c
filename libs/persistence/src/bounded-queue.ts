interface Waiter {
  readonly proceed: () => void;
  readonly refuse: () => void;
}

/**
 * Runs work a few at a time, and refuses it when too much is waiting. Each lane is served in order of arrival, and the
 * lanes take turns: whoever fills one makes nobody in another wait for more than a turn.
 */
export class BoundedQueue {
  readonly #lanes = new Map<string, Waiter[]>();
  #waiting = 0;
  #running = 0;

  constructor(
    private readonly limits: {
      readonly atOnce: number;
      readonly waiting: number;
      readonly refusal: (limit: number) => Error;
    },
  ) {}

  /**
   * @param lane whose work it is, e.g. an address
   * @throws the refusal when the queue is full and the lane has no less waiting than others, or later, when it was
   *   full and gave way to a shorter lane; or whatever `work` throws
   */
  async run<R>(work: () => Promise<R>, lane = ''): Promise<R> {
    await this.#enter(lane);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(lane: string): Promise<void> {
    const { atOnce, waiting, refusal } = this.limits;
    if (this.#running < atOnce) {
      this.#running += 1;
      return;
    }
    if (this.#waiting >= waiting) this.#makeRoomFor(lane);
    this.#waiting += 1;
    await new Promise<void>((proceed, reject) => {
      const waiter = { proceed, refuse: () => reject(refusal(waiting)) };
      const others = this.#lanes.get(lane);
      if (others) others.push(waiter);
      else this.#lanes.set(lane, [waiter]);
    });
  }

  /** The newest of the longest lane gives way, if that lane is longer than the newcomer's would be. */
  #makeRoomFor(lane: string): void {
    const [name, longest] = [...this.#lanes].reduce((one, other) =>
      other[1].length > one[1].length ? other : one,
    );
    const own = this.#lanes.get(lane)?.length ?? 0;
    if (longest.length <= own + 1) throw this.limits.refusal(this.limits.waiting);
    longest.pop()?.refuse();
    if (longest.length === 0) this.#lanes.delete(name);
    this.#waiting -= 1;
  }

  /** Hands the place on rather than freeing it, so that a newcomer can't overtake those who wait. */
  #leave(): void {
    const [next] = this.#lanes;
    if (!next) {
      this.#running -= 1;
      return;
    }
    const [name, lane] = next;
    const waiter = lane.shift();
    // To the end of the row: the other lanes are served before it is its turn again.
    this.#lanes.delete(name);
    if (lane.length > 0) this.#lanes.set(name, lane);
    this.#waiting -= 1;
    waiter?.proceed();
  }
}
