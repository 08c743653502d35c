import { Injectable, Scope } from '@nestjs/common';
import { messages, runs, UserDatabaseSession } from '@bulkhead/persistence';
import { and, eq } from 'drizzle-orm';
import { RunNotRequeueableError } from '../execution.errors.ts';
import { RunAdmission, type AcceptedRun } from './run-admission.service.ts';

/** Answers the message of a run that crashed its nodes once more, in a new run. Resolved in a scope of its owner. */
@Injectable({ scope: Scope.REQUEST })
export class RunRequeue {
  constructor(
    private readonly session: UserDatabaseSession,
    private readonly admission: RunAdmission,
  ) {}

  /**
   * @param crashedRunId a run of the context's user, in the context's thread
   * @throws RunNotRequeueableError, and the errors of `RunAdmission.admit`
   */
  async requeue(crashedRunId: string): Promise<AcceptedRun> {
    const [asked] = await this.session.transaction(({ db }) =>
      db
        .select({ content: messages.content, agentName: runs.agentName })
        .from(runs)
        .innerJoin(messages, and(eq(messages.runId, runs.runId), eq(messages.role, 'user')))
        .where(and(eq(runs.runId, crashedRunId), eq(runs.threadId, this.session.context.threadId))),
    );
    if (!asked) throw new RunNotRequeueableError();
    const options = { whenBusy: 'enqueue', insteadOf: crashedRunId } as const;
    return this.admission.admit(asked.agentName, asked.content, options);
  }
}
