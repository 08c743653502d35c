interface Waiter {
  readonly proceed: () => void;
  readonly refuse: (reason: Error) => void;
}

interface Lane {
  readonly waiting: Waiter[];
  running: number;
}

export interface QueueLimits {
  readonly atOnce: number;
  /** Of one lane; by default as many as there are places. */
  readonly atOncePerLane?: number;
  readonly waiting: number;
  readonly refusal: (limit: number) => Error;
}

export interface QueuedWork {
  /** Whose work it is, e.g. an address; a symbol of its own makes it nobody's. */
  readonly lane?: string | symbol | undefined;
  /**
   * Called when it has to wait, with what ends the waiting for the reason given. What it returns is called when the
   * waiting is over, however it ends.
   */
  readonly whileWaiting?: (giveUp: (reason: Error) => void) => () => void;
}

/**
 * Runs work a few at a time, and refuses it when too much is waiting. Each lane is served in order of arrival, and the
 * lanes take turns: whoever fills one makes nobody in another wait for more than a turn.
 */
export class BoundedQueue {
  /** Those that wait or run, in the order of their turns. */
  readonly #lanes = new Map<string | symbol, Lane>();
  #waiting = 0;
  #running = 0;

  constructor(private readonly limits: QueueLimits) {}

  /**
   * @throws the refusal when the queue is full and the lane has no less waiting than others, or later, when it was
   *   full and gave way to a shorter lane; the reason of giving up; or whatever `work` throws
   */
  async run<R>(work: () => Promise<R>, { lane = '', whileWaiting }: QueuedWork = {}): Promise<R> {
    if (!this.#enterAtOnce(lane)) await this.#wait(lane, whileWaiting);
    try {
      return await work();
    } finally {
      this.#leave(lane);
    }
  }

  #enterAtOnce(name: string | symbol): boolean {
    const lane = this.#lane(name);
    if (this.#running >= this.limits.atOnce || !this.#mayRun(lane)) return false;
    lane.running += 1;
    this.#running += 1;
    return true;
  }

  async #wait(name: string | symbol, whileWaiting: QueuedWork['whileWaiting']): Promise<void> {
    const { waiting: limit } = this.limits;
    if (this.#waiting >= limit) this.#makeRoomFor(name);
    const lane = this.#lane(name);
    this.#waiting += 1;
    let done: (() => void) | undefined;
    try {
      await new Promise<void>((proceed, refuse) => {
        const waiter: Waiter = { proceed, refuse };
        lane.waiting.push(waiter);
        done = whileWaiting?.((reason) => this.#giveUp(name, lane, waiter, reason));
      });
    } finally {
      done?.();
    }
  }

  #giveUp(name: string | symbol, lane: Lane, waiter: Waiter, reason: Error): void {
    const place = lane.waiting.indexOf(waiter);
    if (place < 0) return;
    lane.waiting.splice(place, 1);
    this.#waiting -= 1;
    this.#forgetIfIdle(name, lane);
    waiter.refuse(reason);
  }

  /** The newest of the longest lane gives way, if that lane is longer than the newcomer's would be. */
  #makeRoomFor(newcomer: string | symbol): void {
    const refusal = this.limits.refusal(this.limits.waiting);
    const own = this.#lanes.get(newcomer)?.waiting.length ?? 0;
    const [name, longest] = [...this.#lanes].reduce((one, other) =>
      other[1].waiting.length > one[1].waiting.length ? other : one,
    );
    const last = longest.waiting.at(-1);
    if (!last || longest.waiting.length <= own + 1) {
      this.#forgetIfIdle(newcomer, this.#lane(newcomer));
      throw refusal;
    }
    this.#giveUp(name, longest, last, refusal);
  }

  /** Hands the place on rather than freeing it, so that a newcomer can't overtake those who wait. */
  #leave(name: string | symbol): void {
    const own = this.#lane(name);
    own.running -= 1;
    this.#running -= 1;
    this.#forgetIfIdle(name, own);
    for (const [next, lane] of this.#lanes) {
      if (lane.waiting.length === 0 || !this.#mayRun(lane)) continue;
      const waiter = lane.waiting.shift();
      // To the end of the row: the other lanes are served before it is its turn again.
      this.#lanes.delete(next);
      this.#lanes.set(next, lane);
      lane.running += 1;
      this.#running += 1;
      this.#waiting -= 1;
      return waiter?.proceed();
    }
  }

  #mayRun({ running }: Lane): boolean {
    return running < (this.limits.atOncePerLane ?? this.limits.atOnce);
  }

  #lane(name: string | symbol): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const lane: Lane = { waiting: [], running: 0 };
    this.#lanes.set(name, lane);
    return lane;
  }

  #forgetIfIdle(name: string | symbol, { waiting, running }: Lane): void {
    if (waiting.length === 0 && running === 0) this.#lanes.delete(name);
  }
}
