/** How much a connection may send. */
export interface ReceiveLimits {
  /** Packets and bytes in all, until it is admitted. */
  readonly before: Amount;
  /** Packets and bytes at once, after that. */
  readonly burst: Amount;
  /** Packets and bytes that come back each second, up to the burst. */
  readonly perSecond: Amount;
}

export interface Amount {
  readonly packets: number;
  readonly bytes: number;
}

/**
 * What one connection may still send, whichever transport carries it: little in all until its user is known, and
 * after that a burst that refills at a steady rate. Costs no timer.
 */
export class ReceiveBudget {
  #left: { packets: number; bytes: number };
  #isAdmitted = false;
  #refilledAt = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly limits: ReceiveLimits,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#left = { ...limits.before };
  }

  get isAdmitted(): boolean {
    return this.#isAdmitted;
  }

  /** From here on the rate counts instead of the total. */
  admit(): void {
    if (this.#isAdmitted) return;
    this.#isAdmitted = true;
    this.#left = { ...this.limits.burst };
    this.#refilledAt = this.now();
  }

  /** @returns false when it is spent: the connection is to be closed */
  spend({ packets = 0, bytes = 0 }: Partial<Amount>): boolean {
    this.#refill();
    this.#left.packets -= packets;
    this.#left.bytes -= bytes;
    return this.#left.packets >= 0 && this.#left.bytes >= 0;
  }

  /** Whether so much can be spent; spends nothing. */
  has({ packets = 0, bytes = 0 }: Partial<Amount>): boolean {
    this.#refill();
    return this.#left.packets >= packets && this.#left.bytes >= bytes;
  }

  #refill(): void {
    if (!this.#isAdmitted) return;
    const now = this.now();
    const seconds = (now - this.#refilledAt) / 1000;
    this.#refilledAt = now;
    const { burst, perSecond } = this.limits;
    this.#left.packets = Math.min(burst.packets, this.#left.packets + seconds * perSecond.packets);
    this.#left.bytes = Math.min(burst.bytes, this.#left.bytes + seconds * perSecond.bytes);
  }
}
