import { Injectable, Scope } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { runs, UserDatabaseSession } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { and, eq, sql } from 'drizzle-orm';
import { RunCancellation } from './run-cancellation.service.ts';
import { RunStore } from './run-store.service.ts';
import type { RunState } from './run-state.ts';

/** Stops the context's run, in the context's thread; see `RunLookup` when only the run is known. */
@Injectable({ scope: Scope.REQUEST })
export class RunControl {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
    private readonly journal: RunStore,
    private readonly cancellation: RunCancellation,
  ) {}

  /**
   * Asks the run to stop; a queued one has stopped when this answers. Asking again, or after the end, changes nothing.
   * @returns the state at the time of the answer
   * @throws ResourceNotFoundError for a foreign and an absent run alike
   */
  async cancel(): Promise<RunState> {
    const run = await this.session.transaction(async ({ db }) => {
      const [row] = await db
        .update(runs)
        .set({ cancelRequestedAt: sql`coalesce(${runs.cancelRequestedAt}, now())` })
        .where(and(eq(runs.runId, this.context.runId), eq(runs.threadId, this.context.threadId)))
        .returning({ state: runs.state, agentName: runs.agentName });
      return row;
    });
    if (!run) throw new ResourceNotFoundError('run');
    if (run.state === 'queued') {
      // When a worker is quicker, it has found the request and ended the run the same way.
      await this.journal.finish(run.agentName, { state: 'cancelled' });
      return 'cancelled';
    }
    await this.cancellation.stop(this.context);
    return run.state as RunState;
  }
}
