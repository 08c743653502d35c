import { Injectable, Scope } from '@nestjs/common';
import { UserEventEmitter } from '@bulkhead/events';
import { ContextIsolationError, UserContextScope, UserExecutionContext } from '@bulkhead/user-context';
import { AgentFactory } from './agent.factory.ts';
import { AgentObserver } from './agent-observer.service.ts';
import { EngineMetrics } from './engine-metrics.service.ts';
import { UserExecutionEngine } from './user-execution.engine.ts';

/** The one way to an engine. Resolved in a scope, so every part of the engine belongs to that scope's context. */
@Injectable({ scope: Scope.REQUEST })
export class ExecutionEngineFactory {
  constructor(
    private readonly scope: UserContextScope,
    private readonly agentFactory: AgentFactory,
    private readonly eventEmitter: UserEventEmitter,
    private readonly census: EngineMetrics,
    private readonly observer: AgentObserver,
  ) {}

  /** @throws ContextIsolationError for a context that is not this scope's own */
  createForUser(context: UserExecutionContext): UserExecutionEngine {
    return this.census.admit(this.scope, () => this.#create(context));
  }

  #create(context: UserExecutionContext): UserExecutionEngine {
    this.scope.assertOpen();
    if (context !== this.scope.context) {
      throw new ContextIsolationError('An engine was asked for in another context’s scope.');
    }
    context.verifyIsolation();
    const agents: Pick<AgentFactory, 'create'> = {
      create: (...asked) => this.observer.watch(this.agentFactory.create(...asked), context),
    };
    return new UserExecutionEngine(context, agents, this.eventEmitter);
  }
}
