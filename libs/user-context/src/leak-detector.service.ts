import { getEventListeners } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { UserContextScope } from './user-context-scope.ts';

/** A scope that is open. */
export interface LiveScope {
  /** The class that does its work: where it was opened. */
  readonly origin: string;
  readonly ageMs: number;
  /** The work is over, and cleaning up takes its time. */
  readonly isClosing: boolean;
}

/** Something that outlived the scope that it belonged to. */
export interface Leftover {
  /** What was left, e.g. `ledger entry`. */
  readonly what: string;
  readonly origin: string;
  readonly count: number;
}

type CountOfScope = (scope: UserContextScope) => number;

/**
 * Knows every open scope, looks after each close whether something of it was left, and how many closed scopes are still
 * in memory. Costs a few microseconds per scope; it keeps no stack traces and no user's data.
 */
@Injectable()
export class LeakDetector {
  readonly #live = new Map<UserContextScope, { readonly origin: string; readonly openedAt: number }>();
  readonly #counts = new Map<string, CountOfScope>([['abort listener', listenersOf]]);
  readonly #leftovers = new Map<string, number>();
  readonly #listeners = new Set<(leftover: Leftover) => void>();
  /** Only what is no longer reachable from anywhere is collected. */
  readonly #collected = new FinalizationRegistry<undefined>(() => void (this.#inMemory -= 1));
  #inMemory = 0;

  /** Leftovers since the start, by what was left. Anything at all is a defect. */
  get leftovers(): ReadonlyMap<string, number> {
    return this.#leftovers;
  }

  /** Scopes that are open, or closed and not collected yet: after a full collection, those that something holds on to. */
  get inMemoryCount(): number {
    return this.#inMemory;
  }

  /**
   * Has something counted after every close: how much of it still belongs to the scope. Must be cheap.
   * @param what its name, unique
   */
  watch(what: string, countOf: CountOfScope): void {
    this.#counts.set(what, countOf);
  }

  /** Calls `listener` with each leftover, until the returned function is called. */
  onLeftover(listener: (leftover: Leftover) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The open scopes, oldest first. */
  live(limit: number): LiveScope[] {
    const now = performance.now();
    return [...this.#live.entries()].slice(0, limit).map(([scope, { origin, openedAt }]) => ({
      origin,
      ageMs: Math.round(now - openedAt),
      isClosing: scope.isClosed,
    }));
  }

  opened(scope: UserContextScope, origin: string): void {
    this.#live.set(scope, { origin, openedAt: performance.now() });
    this.#inMemory += 1;
    this.#collected.register(scope, undefined);
  }

  /** @param isAbandoned its work did not end when it was told to, and may still hold what it has */
  closed(scope: UserContextScope, isAbandoned: boolean): void {
    const origin = this.#live.get(scope)?.origin ?? '';
    this.#live.delete(scope);
    if (isAbandoned) return;
    for (const [what, countOf] of this.#counts) {
      const count = countOf(scope);
      if (count > 0) this.#report({ what, origin, count });
    }
  }

  #report(leftover: Leftover): void {
    const { what, count } = leftover;
    this.#leftovers.set(what, (this.#leftovers.get(what) ?? 0) + count);
    for (const listener of this.#listeners) listener(leftover);
  }
}

function listenersOf({ signal }: UserContextScope): number {
  return getEventListeners(signal, 'abort').length;
}
