import { UploadsBusyError } from './tables.errors.ts';

/** The uploads that this node takes at the same time: each holds a connection for as long as its client sends. */
export class UploadSlots {
  #taken = 0;

  constructor(private readonly size: number) {}

  /** @throws UploadsBusyError */
  async with<R>(work: () => Promise<R>): Promise<R> {
    if (this.#taken >= this.size) throw new UploadsBusyError('node');
    this.#taken += 1;
    try {
      return await work();
    } finally {
      this.#taken -= 1;
    }
  }
}
