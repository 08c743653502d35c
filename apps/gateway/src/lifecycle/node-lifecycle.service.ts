import { Injectable } from '@nestjs/common';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { ServerStoppingError } from './lifecycle.errors.ts';

/** Knows whether this node is about to stop, from the signal on. */
@Injectable()
export class NodeLifecycle {
  #isStopping = false;

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** From here on the node is not ready, and what it can't do any more is told as that. */
  beginStop(): void {
    this.#isStopping = true;
  }

  /** @throws ServerStoppingError */
  assertStaying(): void {
    if (this.#isStopping) throw new ServerStoppingError();
  }

  /** A queue that has closed looks like a database that is away; while the node stops it is the node. */
  explain(error: unknown): unknown {
    return this.#isStopping && error instanceof DatabaseUnavailableError
      ? new ServerStoppingError(error)
      : error;
  }
}
