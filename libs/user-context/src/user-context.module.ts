import { Module, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { ContextIsolationError } from './context.errors.ts';
import { IsolationMonitor } from './isolation-monitor.service.ts';
import { LeakDetector } from './leak-detector.service.ts';
import { UserContextScope } from './user-context-scope.ts';
import { ScopeRunner } from './scope-runner.service.ts';
import { UserExecutionContext } from './user-execution-context.ts';

function requireScope(payload: unknown): UserContextScope {
  if (payload instanceof UserContextScope) return payload;
  throw new ContextIsolationError('A request-scoped provider was resolved outside ScopeRunner.run().');
}

/** Provides the context and its scope to every request-scoped class. */
@Module({
  providers: [
    IsolationMonitor,
    LeakDetector,
    ScopeRunner,
    { provide: UserContextScope, scope: Scope.REQUEST, inject: [REQUEST], useFactory: requireScope },
    {
      provide: UserExecutionContext,
      scope: Scope.REQUEST,
      inject: [REQUEST],
      useFactory: (payload: unknown) => requireScope(payload).context,
    },
  ],
  exports: [IsolationMonitor, LeakDetector, ScopeRunner, UserContextScope, UserExecutionContext],
})
export class UserContextModule {}
