import { getHeapStatistics } from 'node:v8';
import { Inject, Injectable } from '@nestjs/common';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { ServerOverloadedError } from '../execution.errors.ts';

/** How long a reading is good for, in milliseconds. */
const SAMPLE_MS = 100;

/** Closes admission before the heap is in danger; what runs goes on. */
@Injectable()
export class MemoryGuard {
  #percent = 0;
  #readAt = -SAMPLE_MS;

  constructor(@Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions) {}

  get isShort(): boolean {
    return this.#read() >= this.options.memoryLimitPercent;
  }

  /** @throws ServerOverloadedError */
  assertRoom(): void {
    if (this.isShort) throw new ServerOverloadedError(this.options.memoryLimitPercent, this.#percent);
  }

  #read(): number {
    const now = performance.now();
    if (now - this.#readAt >= SAMPLE_MS) {
      const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
      this.#percent = Math.round((used / limit) * 100);
      this.#readAt = now;
    }
    return this.#percent;
  }
}
