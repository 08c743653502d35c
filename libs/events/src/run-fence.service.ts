import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

/** A claim to execute a run, as the queue gave it out. */
export interface RunClaim {
  readonly runId: string;
  /** Counts the claims of the run: only the newest may write. */
  readonly epoch: number;
  /** Aborts when the run was taken over: whatever is under way here is not its outcome any more. */
  readonly superseded: AbortSignal;
}

/**
 * Keeps a run to the one node that executes it. Whatever works under a claim, sub-agents and tools included, stores
 * events under its epoch: a node that froze while its run was taken over writes nothing when it wakes.
 */
@Injectable()
export class RunFence {
  readonly #claims = new AsyncLocalStorage<RunClaim>();

  /** Does work under a claim. */
  run<R>(claim: RunClaim, work: () => Promise<R>): Promise<R> {
    return this.#claims.run(claim, work);
  }

  /** The claim under which the caller works on this run; absent for requests of its owner. */
  claimOf({ runId }: { readonly runId: string }): RunClaim | undefined {
    const claim = this.#claims.getStore();
    return claim?.runId === runId ? claim : undefined;
  }
}
