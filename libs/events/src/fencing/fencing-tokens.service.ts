import { Injectable } from '@nestjs/common';
import { ContextIsolationError, type UserExecutionContext } from '@bulkhead/user-context';

/** A claim to execute a run, as the queue gave it out. */
export interface RunClaim {
  readonly runId: string;
  /** Counts the claims of the run: only the newest may write. */
  readonly epoch: number;
  /** Times that a node was lost while it had the run. */
  readonly interruptions: number;
  /** Aborts when the run was taken over: whatever is under way here is not its outcome any more. */
  readonly superseded: AbortSignal;
}

/**
 * Keeps a run to the one node that executes it. Whatever works under a claim, sub-agents and tools included, stores
 * events under its epoch: a node that froze while its run was taken over writes nothing when it wakes.
 */
@Injectable()
export class FencingTokens {
  readonly #claims = new WeakMap<symbol, RunClaim>();

  /**
   * Puts a context, and every child it will have, under a claim of its run. Do it before its scope is opened.
   * @returns the context
   * @throws ContextIsolationError for a claim of another run
   */
  hold(context: UserExecutionContext, claim: RunClaim): UserExecutionContext {
    if (claim.runId !== context.runId) throw new ContextIsolationError('A claim is of another run.');
    this.#claims.set(context.unitOfWorkId, claim);
    return context;
  }

  /** The claim that the context is under; absent for requests of the run's owner. */
  claimOf({ unitOfWorkId }: UserExecutionContext): RunClaim | undefined {
    return this.#claims.get(unitOfWorkId);
  }
}
