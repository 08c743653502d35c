import { Injectable } from '@nestjs/common';
import { BoundedQueue } from '@bulkhead/persistence';
import { ServerOverloadedError } from './execution.errors.ts';

/** Messages that are being accepted at the same time: connections are left for runs, readers and those who sign in. */
const AT_ONCE = 8;
/** Of one user: the database takes them one after the other, and the next one should be there when it is its turn. */
const AT_ONCE_PER_USER = 2;
/** Messages that may wait; at their greatest length some sixty megabytes. */
const WAITING = 2_000;

/** Where a burst of messages waits, before any of them holds a connection. Users take turns. */
@Injectable()
export class AdmissionTurns {
  readonly #queue = new BoundedQueue({
    atOnce: AT_ONCE,
    atOncePerLane: AT_ONCE_PER_USER,
    waiting: WAITING,
    refusal: (limit) => new ServerOverloadedError(limit, limit, 'has too many messages waiting'),
  });

  /** @throws ServerOverloadedError when too many wait, or whatever `work` throws */
  run<R>(userId: string, work: () => Promise<R>): Promise<R> {
    return this.#queue.run(work, { lane: userId });
  }
}
