import { RunSupersededError, type RunClaim } from '@bulkhead/events';
import type { ClaimedRun, LeasedRun } from '../queue/run-queue.repository.ts';

interface Held extends RunClaim {
  readonly abort: AbortController;
}

/** A run that this node has. */
export interface BegunRun extends RunClaim {
  readonly stepFormat: string;
  readonly job: string | null;
  readonly release: () => void;
}

/** The claims of this node, from the moment they are given out until the run is left. */
export class LeasedRuns {
  readonly #held = new Map<string, Held>();

  get size(): number {
    return this.#held.size;
  }

  /** Holds what was claimed until it is released, or others take it over. */
  add({ runId, epoch, interruptions, stepFormat, job }: ClaimedRun): BegunRun {
    const abort = new AbortController();
    // An earlier execution on this very node, which was away in between, is no longer the run's.
    this.#held.get(runId)?.abort.abort(new RunSupersededError());
    const held: Held = { runId, epoch, interruptions, superseded: abort.signal, abort };
    this.#held.set(runId, held);
    const { superseded } = held;
    return { runId, epoch, interruptions, superseded, stepFormat, job, release: () => this.#release(held) };
  }

  /** Drops what others have taken over. */
  supersede(lost: readonly LeasedRun[]): void {
    for (const { runId, epoch } of lost) {
      const held = this.#held.get(runId);
      if (held?.epoch !== epoch) continue;
      held.abort.abort(new RunSupersededError());
      this.#release(held);
    }
  }

  list(): readonly LeasedRun[] {
    return [...this.#held.values()].map(({ runId, epoch }) => ({ runId, epoch }));
  }

  #release(held: Held): void {
    if (this.#held.get(held.runId) === held) this.#held.delete(held.runId);
  }
}
