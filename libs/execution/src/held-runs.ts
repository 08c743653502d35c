import { RunSupersededError, type RunClaim } from '@bulkhead/events';
import type { ClaimedRun, HeldRun } from './run-claims.ts';

/** How long a claimed run may take to begin, in milliseconds; one that has not is given back. */
const BEGIN_TIMEOUT_MS = 10_000;

interface Held extends RunClaim {
  readonly token: string;
  readonly stepFormat: string;
  readonly abort: AbortController;
  readonly heldSince: number;
  hasBegun: boolean;
}

/** A run that this node has begun. */
export interface BegunRun extends RunClaim {
  readonly stepFormat: string;
  readonly release: () => void;
}

/** The claims of this node, from the moment they are given out until the run is left. */
export class HeldRuns {
  readonly #held = new Map<string, Held>();

  get size(): number {
    return this.#held.size;
  }

  add(token: string, { runId, epoch, stepFormat }: ClaimedRun): void {
    const abort = new AbortController();
    // An earlier execution on this very node, which was away in between, is no longer the run's.
    this.#held.get(runId)?.abort.abort(new RunSupersededError());
    const heldSince = performance.now();
    const claim = { runId, epoch, superseded: abort.signal };
    this.#held.set(runId, { ...claim, token, stepFormat, abort, heldSince, hasBegun: false });
  }

  /** Begins what was claimed under the token. @returns undefined when that claim is no longer the run's */
  begin(runId: string, token: string | undefined): BegunRun | undefined {
    const held = this.#held.get(runId);
    if (held?.token !== token || !held) return undefined;
    held.hasBegun = true;
    return Object.assign({ ...held }, { release: () => this.#release(held) });
  }

  /** Drops what others have taken over. */
  supersede(lost: readonly HeldRun[]): void {
    for (const { runId, epoch } of lost) {
      const held = this.#held.get(runId);
      if (held?.epoch !== epoch) continue;
      held.abort.abort(new RunSupersededError());
      this.#release(held);
    }
  }

  /** What is held now; a claim that never began is not among it any more, so that it is given back. */
  list(): readonly HeldRun[] {
    for (const held of this.#held.values()) {
      if (!held.hasBegun && performance.now() - held.heldSince > BEGIN_TIMEOUT_MS) this.#release(held);
    }
    return [...this.#held.values()].map(({ runId, epoch }) => ({ runId, epoch }));
  }

  #release(held: Held): void {
    if (this.#held.get(held.runId) === held) this.#held.delete(held.runId);
  }
}
