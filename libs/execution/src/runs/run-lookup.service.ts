import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { runs, UserTransactions } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { eq } from 'drizzle-orm';
import { UNFINISHED_STATES } from './run-state.ts';

/** Finds the thread of a run that a request names by its id alone. */
@Injectable()
export class RunLookup {
  constructor(private readonly transactions: UserTransactions) {}

  /**
   * The same unit of work, in the thread that its run belongs to.
   * @throws ResourceNotFoundError for a foreign and an absent run alike
   */
  async locate(context: UserExecutionContext): Promise<UserExecutionContext> {
    const { identity, runId, requestId, websocketClientId, agentContext, auditMetadata } = context;
    const [run] = await this.transactions.run(context, ({ db }) =>
      db.select({ threadId: runs.threadId }).from(runs).where(eq(runs.runId, runId)),
    );
    if (!run) throw new ResourceNotFoundError('run');
    const options = {
      requestId,
      agentContext,
      auditMetadata,
      ...(websocketClientId && { websocketClientId }),
    };
    return UserExecutionContext.fromRequest(identity, { runId, threadId: run.threadId }, options);
  }

  /** Whether the context's run has reached a terminal state. */
  async hasEnded(context: UserExecutionContext): Promise<boolean> {
    const [run] = await this.transactions.run(context, ({ db }) =>
      db.select({ state: runs.state }).from(runs).where(eq(runs.runId, context.runId)),
    );
    return run !== undefined && UNFINISHED_STATES.every((state) => state !== run.state);
  }
}
