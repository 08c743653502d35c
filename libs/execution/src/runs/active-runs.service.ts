import { Injectable } from '@nestjs/common';
import { LeakDetector, type RunId, type UserExecutionContext } from '@bulkhead/user-context';
import { RunCancelledError } from '../execution.errors.ts';

interface Activity {
  readonly context: UserExecutionContext;
  readonly abort: AbortController;
}

/** What runs on this node now, per user. Changes over time, so it is kept here and never on a context. */
@Injectable()
export class ActiveRuns {
  readonly #running = new Map<RunId, Activity>();

  constructor(leaks: LeakDetector) {
    leaks.watch('run in the ledger', ({ context }) =>
      this.#running.get(context.runId)?.context === context ? 1 : 0,
    );
  }

  /** Runs on this node. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** Enters a run; leave it with the returned function. The signal aborts when its owner cancels it. */
  enter(context: UserExecutionContext): { readonly signal: AbortSignal; readonly leave: () => void } {
    const activity = { context, abort: new AbortController() };
    this.#running.set(context.runId, activity);
    const leave = (): void => {
      // A run that was taken up again is not left by whoever had it before.
      if (this.#running.get(context.runId) === activity) this.#running.delete(context.runId);
    };
    return { signal: activity.abort.signal, leave };
  }

  /** Stops a run of the same user on this node. @returns whether it runs here */
  cancel(context: UserExecutionContext): boolean {
    const activity = this.#running.get(context.runId);
    if (!activity || activity.context.userId !== context.userId) return false;
    activity.abort.abort(new RunCancelledError());
    return true;
  }

  /** The contexts of the runs on this node. */
  running(): UserExecutionContext[] {
    return [...this.#running.values()].map(({ context }) => context);
  }

  /** Runs of the context's user on this node. */
  runningOf(context: UserExecutionContext): number {
    let count = 0;
    for (const activity of this.#running.values()) {
      if (activity.context.userId === context.userId) count++;
    }
    return count;
  }
}
