import type { INestApplicationContext, Type } from '@nestjs/common';
import {
  EventLog,
  FencingTokens,
  TERMINAL_EVENT_TYPES,
  ThreadReader,
  type RunClaim,
  type ThreadEvent,
} from '@bulkhead/events';
import {
  ScopeRunner,
  UserExecutionContext,
  type Identity,
  type ScopeOptions,
  type UserContextScope,
} from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import type { Checkpoints } from '../steps/checkpoints.ts';
import { RunAdmission, type AcceptedRun } from '../admission/run-admission.service.ts';
import { RunJobHandler } from '../worker/run-job.handler.ts';
import { RunHistory, type Run } from '../runs/run-history.service.ts';
import { QueueWorker } from '../worker/queue-worker.service.ts';

export interface TestScopeOptions extends ScopeOptions {
  /** Under which the work is done. */
  readonly claim?: RunClaim;
}

/** One life of a server's process: the real modules, without transports. */
export class TestNode {
  #isStopped = false;

  constructor(
    readonly app: INestApplicationContext,
    private readonly identityOf: (userId: string) => Identity | undefined,
  ) {}

  get<T>(type: Type<T>): T {
    return this.app.get(type, { strict: false });
  }

  /** Does work with a request-scoped class, in a scope and a context of its own, on the context's thread and run. */
  inScope<T, R>(
    context: UserExecutionContext,
    handler: Type<T>,
    work: (handler: T, scope: UserContextScope) => Promise<R>,
    { claim, ...options }: TestScopeOptions = {},
  ): Promise<R> {
    const { identity, threadId, runId } = context;
    const own = aContext(identity).on({ threadId, runId }).build();
    if (claim) this.get(FencingTokens).hold(own, claim);
    return this.get(ScopeRunner).run(own, handler, work, options);
  }

  /** Takes queued runs, as the server's worker does. */
  async work(): Promise<void> {
    await this.get(QueueWorker).start(({ context: json, agentName }, claim, refusal) => {
      const identity = this.identityOf(json.userId);
      if (!identity) throw new Error('Nobody signed up with this id.');
      const context = UserExecutionContext.fromRun({ identity, context: json });
      if (!refusal) return this.execute(context, agentName, undefined, { claim });
      return this.inScope(context, RunJobHandler, (run) => run.refuse(agentName, refusal), { claim });
    });
  }

  /** Takes one run from its start to its end. @param steps other than the run's own */
  execute(
    context: UserExecutionContext,
    agentName: string,
    steps?: Checkpoints,
    options?: TestScopeOptions,
  ): Promise<void> {
    return this.inScope(context, RunJobHandler, (run) => run.execute(agentName, steps), options);
  }

  /** Sends a message in the context's thread; its run gets the context's run id. */
  send(context: UserExecutionContext, content: string, agentName = 'assistant'): Promise<AcceptedRun> {
    return this.inScope(context, RunAdmission, (admission) => admission.admit(agentName, content));
  }

  runOf(context: UserExecutionContext): Promise<Run> {
    return this.inScope(context, RunHistory, (history) => history.get());
  }

  /** Everything stored in the context's thread. */
  eventsOf({ identity, threadId }: UserExecutionContext): Promise<ThreadEvent[]> {
    const range = { threadId, afterSeq: 0, limit: 100_000 };
    return this.get(EventLog).read(aContext(identity).build(), range);
  }

  /** Settles when an event of the context's run satisfies the condition, with it. */
  async untilEvent(
    { identity, threadId, runId }: UserExecutionContext,
    isIt: (event: ThreadEvent) => boolean,
  ): Promise<ThreadEvent> {
    const { signal } = new AbortController();
    const reader = this.get(ThreadReader);
    for await (const events of reader.read(aContext(identity).build(), { threadId, afterSeq: 0, signal })) {
      const found = events.find((event) => event.runId === runId && isIt(event));
      if (found) return found;
    }
    throw new Error('The thread ended.');
  }

  /** Settles when the context's run has ended, with its terminal event. */
  untilEnded(context: UserExecutionContext): Promise<ThreadEvent> {
    return this.untilEvent(context, ({ type }) => TERMINAL_EVENT_TYPES.has(type));
  }

  /** Stops as the server does: the queue first, then what still runs. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.get(QueueWorker).stop();
    await this.app.close();
  }
}
