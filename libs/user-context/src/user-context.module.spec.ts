import { Injectable, Module, Scope } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContextIsolationError } from './context.errors.ts';
import { aContext } from './testing/index.ts';
import { UserContextModule } from './user-context.module.ts';
import { UserContextScope } from './user-context-scope.ts';
import { ScopeRunner } from './scope-runner.service.ts';
import { UserExecutionContext } from './user-execution-context.ts';

@Injectable({ scope: Scope.REQUEST })
class Notebook {
  static made = 0;
  readonly number = ++Notebook.made;
  constructor(readonly context: UserExecutionContext) {}
}

@Injectable({ scope: Scope.REQUEST })
class Handler {
  constructor(
    readonly context: UserExecutionContext,
    readonly scope: UserContextScope,
    readonly notebook: Notebook,
    readonly sameNotebook: Notebook,
  ) {}
}

@Module({ imports: [UserContextModule], providers: [Notebook, Handler] })
class FeatureModule {}

describe('UserContextModule', () => {
  let app: TestingModule;
  let scopes: ScopeRunner;

  beforeEach(async () => {
    app = await Test.createTestingModule({ imports: [UserContextModule, FeatureModule] }).compile();
    scopes = app.get(ScopeRunner);
  });
  afterEach(() => app.close());

  it('gives every request-scoped class of a run the one context and the one scope', async () => {
    const context = aContext().build();
    await scopes.run(context, Handler, async (handler, scope) => {
      expect(handler.context).toBe(context);
      expect(handler.scope).toBe(scope);
      expect(handler.notebook.context).toBe(context);
      return Promise.resolve();
    });
  });

  it('makes one instance of each request-scoped class per run', async () => {
    const before = Notebook.made;
    const notebooks = await scopes.run(aContext().build(), Handler, (handler) =>
      Promise.resolve([handler.notebook, handler.sameNotebook]),
    );
    expect(notebooks[0]).toBe(notebooks[1]);
    expect(Notebook.made - before).toBe(1);
  });

  it('shares nothing between two runs, not even of one context', async () => {
    const context = aContext().build();
    const take = (): Promise<Handler> => scopes.run(context, Handler, (handler) => Promise.resolve(handler));
    const [first, second] = [await take(), await take()];
    expect(first).not.toBe(second);
    expect(first.notebook).not.toBe(second.notebook);
    expect(first.scope).not.toBe(second.scope);
  });

  it('keeps fifty concurrent runs apart, each with its own context throughout', async () => {
    const contexts = Array.from({ length: 50 }, () => aContext().build());
    const seen = await Promise.all(
      contexts.map((context) =>
        scopes.run(context, Handler, async (handler) => {
          await sleep(Math.random() * 5);
          expect(handler.context).toBe(context);
          expect(handler.notebook.context).toBe(context);
          return handler.notebook.number;
        }),
      ),
    );
    expect(new Set(seen).size).toBe(50);
    expect(scopes.liveCount).toBe(0);
  });

  it.each([UserExecutionContext, UserContextScope, Handler, Notebook])(
    'refuses to resolve %p outside a scope',
    async (token) => {
      await expect(app.resolve(token as typeof Handler)).rejects.toThrow(ContextIsolationError);
    },
  );

  it.each([
    ['an HTTP request', { method: 'GET', headers: {}, user: { userId: 'ada' } }],
    ['a look-alike of a scope', { context: aContext().build() }],
    ['a context', aContext().build()],
    ['nothing', undefined],
  ])('refuses %s as the REQUEST', async (_what, payload) => {
    const contextId = ContextIdFactory.create();
    const moduleRef = app.get(ModuleRef);
    moduleRef.registerRequestByContextId(payload, contextId);
    await expect(moduleRef.resolve(Handler, contextId, { strict: false })).rejects.toThrow(
      ContextIsolationError,
    );
  });
});
