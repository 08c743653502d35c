import { Injectable } from '@nestjs/common';
import { BoundedQueue } from '@bulkhead/persistence';
import { ServerOverloadedError } from '../execution.errors.ts';

/** Messages that are being accepted at the same time: connections are left for runs, readers and those who sign in. */
const AT_ONCE = 8;
/** Of one user: the database takes them one after the other, and the next one should be there when it is its turn. */
const AT_ONCE_PER_USER = 2;
/** Messages that may wait; at their greatest length some sixty megabytes. */
const WAITING = 2_000;

/** Messages that go before runs, of those that come without a pause. */
const FIRST_OF_A_FLOOD = 200;

/** Where a burst of messages waits, before any of them holds a connection. Users take turns. */
@Injectable()
export class AdmissionQueue {
  readonly #queue = new BoundedQueue({
    atOnce: AT_ONCE,
    atOncePerLane: AT_ONCE_PER_USER,
    waiting: WAITING,
    refusal: (limit) => new ServerOverloadedError(limit, limit, 'has too many messages waiting'),
  });

  #waiting = 0;
  /** Whose waiting has ended since there was nobody waiting. */
  #inARow = 0;

  #running = 0;

  /**
   * Whether messages of many users wait, which are to be accepted before more runs begin. One user's wait for
   * themselves, and a flood that lasts does not keep runs waiting.
   */
  get goFirst(): boolean {
    return this.#running === AT_ONCE && this.#waiting > 0 && this.#inARow < FIRST_OF_A_FLOOD;
  }

  /** @throws ServerOverloadedError when too many wait, or whatever `work` throws */
  run<R>(userId: string, work: () => Promise<R>): Promise<R> {
    return this.#queue.run(() => this.#admit(work), { lane: userId, whileWaiting: () => this.#wait() });
  }

  async #admit<R>(work: () => Promise<R>): Promise<R> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }

  #wait(): () => void {
    if (this.#waiting === 0) this.#inARow = 0;
    this.#waiting += 1;
    return () => {
      this.#waiting -= 1;
      this.#inARow += 1;
    };
  }
}
