import { Injectable } from '@nestjs/common';
import { ContextIsolationError } from './context.errors.ts';
import type { UserExecutionContext } from './user-execution-context.ts';

/** Something of one user that was about to reach another, and was stopped. */
export interface IsolationViolation {
  readonly error: ContextIsolationError;
  /** The context in which it was noticed. */
  readonly context: UserExecutionContext;
}

/** Hears of every violation: the scope in which one is noticed ends with it, and tells this. */
@Injectable()
export class IsolationMonitor {
  readonly #listeners = new Set<(violation: IsolationViolation) => void>();
  readonly #told = new WeakSet<ContextIsolationError>();
  #count = 0;

  /** Violations since the start. Anything but 0 is a defect or an attack. */
  get count(): number {
    return this.#count;
  }

  /** One that ends several scopes, a sub-agent's and then its supervisor's, is told of once: where it was noticed. */
  report(violation: IsolationViolation): void {
    if (this.#told.has(violation.error)) return;
    this.#told.add(violation.error);
    this.#count += 1;
    for (const listener of this.#listeners) listener(violation);
  }

  /** Calls `listener` with each violation, until the returned function is called. */
  onViolation(listener: (violation: IsolationViolation) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/**
 * Compares the owner of something with the context's user.
 * @param what names the thing, for the log
 * @throws ContextIsolationError when it is another's
 */
export function assertOwnedBy(context: UserExecutionContext, ownerId: string, what: string): void {
  if (ownerId.toLowerCase() !== context.userId.toLowerCase()) {
    throw new ContextIsolationError(`${what} is another user's.`);
  }
}
