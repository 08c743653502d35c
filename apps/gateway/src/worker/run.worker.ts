import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Authenticator } from '@bulkhead/auth';
import type { AppError } from '@bulkhead/errors';
import { FencingTokens, type RunClaim } from '@bulkhead/events';
import { RunJobHandler, RunNotPermittedError, QueueWorker, type RunJob } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { RunObserver } from '../observability/run-observer.service.ts';

/** A disabled account has it no more; see `Authenticator.identityOf`. */
const RUN_PERMISSION = 'runs:own';

/** Takes queued runs: reopens each one's context under an identity that is valid now, and runs it in its own scope. */
@Injectable()
export class RunWorker implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly worker: QueueWorker,
    private readonly authenticator: Authenticator,
    private readonly fence: FencingTokens,
    private readonly scopes: ScopeRunner,
    private readonly observer: RunObserver,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.worker.start((job, claim, refusal) => this.#run(job, claim, refusal));
  }

  /** Before connections close, so that clients see their runs end while there is time. */
  onModuleDestroy(): Promise<void> {
    return this.worker.stop();
  }

  async #run(job: RunJob, claim: RunClaim, refusal?: AppError): Promise<void> {
    const { userId } = job.context;
    const identity = await this.authenticator.identityOf({ userId, sessionId: job.sessionId });
    const context = this.fence.hold(UserExecutionContext.fromRun({ identity, context: job.context }), claim);
    const reason = identity.hasPermission(RUN_PERMISSION) ? refusal : new RunNotPermittedError();
    await this.observer.watch(context, job.agentName, () =>
      this.scopes.run(context, RunJobHandler, (run) =>
        reason ? run.refuse(job.agentName, reason) : run.execute(job.agentName),
      ),
    );
  }
}
