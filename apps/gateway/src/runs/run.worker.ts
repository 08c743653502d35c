import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Authenticator } from '@bulkhead/auth';
import {
  RunExecution,
  RunNotPermittedError,
  RunQueue,
  type DurableSteps,
  type RunJob,
} from '@bulkhead/execution';
import { UserContextScopes, UserExecutionContext } from '@bulkhead/user-context';

/** A disabled account has it no more; see `Authenticator.identityOf`. */
const RUN_PERMISSION = 'runs:own';

/** Takes queued runs: reopens each one's context under an identity that is valid now, and runs it in its own scope. */
@Injectable()
export class RunWorker implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(RunWorker.name);

  constructor(
    private readonly queue: RunQueue,
    private readonly authenticator: Authenticator,
    private readonly scopes: UserContextScopes,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.queue.start((job, steps) => this.#run(job, steps));
  }

  /** Before connections close, so that clients see their runs end while there is time. */
  onModuleDestroy(): Promise<void> {
    return this.queue.stop();
  }

  async #run(job: RunJob, steps: DurableSteps): Promise<void> {
    const { userId } = job.context;
    const identity = await this.authenticator.identityOf({ userId, sessionId: job.sessionId });
    const context = UserExecutionContext.fromRun({ identity, context: job.context });
    const isPermitted = identity.hasPermission(RUN_PERMISSION);
    await this.scopes.run(context, RunExecution, (run) =>
      isPermitted ? run.execute(job.agentName, steps) : run.refuse(job.agentName, new RunNotPermittedError()),
    );
    this.#logger.debug({ runId: context.runId, userId }, 'Run');
  }
}
