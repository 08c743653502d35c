import { Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { Authenticator } from '@bulkhead/auth';
import { RunNotRequeueableError, AdminRuns, RunRequeue } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';

/** Lets an administrator repeat a run that crashed its nodes, under its owner's rights of now and unseen. */
@Injectable()
export class RunRequeuing {
  constructor(
    private readonly runs: AdminRuns,
    private readonly authenticator: Authenticator,
    private readonly scopes: ScopeRunner,
    private readonly audit: AuditLog,
  ) {}

  /** @throws ResourceNotFoundError, RunNotRequeueableError, and the errors of `RunAdmission.admit` */
  async requeue(actor: UserExecutionContext, runId: string): Promise<{ readonly runId: string }> {
    const { userId, threadId, sessionId } = await this.runs.placeOf(runId);
    if (sessionId === null) throw new RunNotRequeueableError();
    const identity = await this.authenticator.identityOf({ userId, sessionId });
    const auditMetadata = { requeuedRunId: runId, administratorId: actor.userId };
    const context = UserExecutionContext.fromRequest(identity, { threadId }, { auditMetadata });
    const accepted = await this.scopes.run(context, RunRequeue, (requeue) => requeue.requeue(runId));
    await this.audit.record(actor, 'admin.acted', { act: 'run.requeued', userId, runId, as: accepted.runId });
    return { runId: accepted.runId };
  }
}
