import { BoundedQueue } from '@bulkhead/persistence';
import { UploadsBusyError } from './tables.errors.ts';

/** Uploads that may arrive for each one that is stored at the same time: each is a file on the disk. */
const ARRIVALS_PER_PLACE = 8;

/**
 * The uploads of this node: many may arrive, each of another user, and a few of them are stored at the same time. So
 * clients that send slowly keep nobody from storing.
 */
export class UploadSlots {
  readonly #arriving = new Set<string>();
  readonly #storing: BoundedQueue;
  readonly #size: number;

  constructor(atOnce: number) {
    this.#size = atOnce * ARRIVALS_PER_PLACE;
    this.#storing = new BoundedQueue({
      atOnce,
      waiting: this.#size,
      refusal: () => new UploadsBusyError('node'),
    });
  }

  /** Users whose uploads are under way. */
  get count(): number {
    return this.#arriving.size;
  }

  /**
   * @param work is given what lends a place for storing
   * @throws UploadsBusyError
   */
  async with<R>(
    userId: string,
    work: (place: <S>(store: () => Promise<S>) => Promise<S>) => Promise<R>,
  ): Promise<R> {
    if (this.#arriving.has(userId)) throw new UploadsBusyError('user');
    if (this.#arriving.size >= this.#size) throw new UploadsBusyError('node');
    this.#arriving.add(userId);
    try {
      return await work((store) => this.#storing.run(store, { lane: userId }));
    } finally {
      this.#arriving.delete(userId);
    }
  }
}
