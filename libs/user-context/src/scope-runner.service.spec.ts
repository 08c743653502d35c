import { Injectable, Scope } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ContextIsolationError,
  ScopeTimeoutError,
  ShuttingDownError,
  WorkInterruptedError,
} from './context.errors.ts';
import { aContext } from './testing/index.ts';
import { UserContextModule } from './user-context.module.ts';
import { ScopeRunner, type ScopeOptions } from './scope-runner.service.ts';
import type { UserContextScope } from './user-context-scope.ts';

@Injectable({ scope: Scope.REQUEST })
class Handler {}

@Injectable({ scope: Scope.REQUEST })
class BrokenHandler {
  constructor() {
    throw new Error('no connection');
  }
}

/** A provider that waits for something that never comes. */
class StuckHandler {}
const never = new Promise<never>(() => undefined);
const clientLeft = new Error('the client went away');
const timers = (): number => process.getActiveResourcesInfo().filter((it) => it === 'Timeout').length;

describe('ScopeRunner.run', () => {
  let app: TestingModule;
  let scopes: ScopeRunner;
  let closed: string[];

  beforeEach(async () => {
    closed = [];
    const stuck = { provide: StuckHandler, scope: Scope.REQUEST, useFactory: () => never };
    app = await Test.createTestingModule({
      imports: [UserContextModule],
      providers: [Handler, BrokenHandler, stuck],
    }).compile();
    scopes = app.get(ScopeRunner);
  });
  afterEach(async () => {
    expect(scopes.liveCount).toBe(0);
    await app.close();
  });

  /** Runs `work` in a scope that records its own closing. */
  const run = <R>(work: (scope: UserContextScope) => Promise<R>, options?: ScopeOptions): Promise<R> =>
    scopes.run(
      aContext().build(),
      Handler,
      (_handler, scope) => {
        scope.defer('record', () => void closed.push('closed'));
        return work(scope);
      },
      options,
    );

  it('returns what the work returns, and closes the scope before it settles', async () => {
    const live = await run(() => Promise.resolve(scopes.liveCount));
    expect(live).toBe(1);
    expect(closed).toEqual(['closed']);
  });

  it('waits for a slow cleanup before it settles', async () => {
    await run((scope) => {
      scope.defer('slow', async () => {
        await sleep(10);
        closed.push('slow');
      });
      return Promise.resolve();
    });
    expect(closed).toEqual(['slow', 'closed']);
  });

  it.each([
    ['rejects', () => Promise.reject(clientLeft)],
    [
      'throws at once',
      () => {
        throw clientLeft;
      },
    ],
  ])('closes the scope when the work %s', async (_how, work: () => Promise<void>) => {
    await expect(run(work)).rejects.toBe(clientLeft);
    expect(closed).toEqual(['closed']);
  });

  it('closes the scope when a provider can not be made', async () => {
    await expect(scopes.run(aContext().build(), BrokenHandler, () => never)).rejects.toThrow('no connection');
  });

  it('reports a failing cleanup, with the failure of the work as its cause', async () => {
    const failing = run((scope) => {
      scope.defer('broken', () => Promise.reject(new Error('left behind')));
      return Promise.reject(clientLeft);
    });
    await expect(failing).rejects.toMatchObject({ name: 'AggregateError', cause: clientLeft });
    expect(closed).toEqual(['closed']);
  });

  it.each([
    ['stuck work', (options: ScopeOptions) => run(() => never, options)],
    [
      'a stuck provider',
      (options: ScopeOptions) => scopes.run(aContext().build(), StuckHandler, () => never, options),
    ],
  ])('is not held by %s past its time or its signal', async (_what, runStuck) => {
    await expect(runStuck({ timeoutMs: 10 })).rejects.toThrow(ScopeTimeoutError);
    expect(scopes.liveCount).toBe(0);
    const caller = new AbortController();
    const running = runStuck({ signal: caller.signal });
    setImmediate(() => caller.abort(clientLeft));
    await expect(running).rejects.toBe(clientLeft);
  });

  it('shows the work why it should stop', async () => {
    let reason: unknown;
    const work = async (scope: UserContextScope): Promise<void> => {
      await sleep(1_000, undefined, { signal: scope.signal }).catch(() => {
        reason = scope.signal.reason;
      });
    };
    await expect(run(work, { timeoutMs: 10 })).rejects.toThrow(ScopeTimeoutError);
    expect(reason).toBeInstanceOf(ScopeTimeoutError);
  });

  it('does not begin when its signal has aborted before', async () => {
    let began = false;
    const work = (): Promise<void> => Promise.resolve(void (began = true));
    await expect(run(work, { signal: AbortSignal.abort(clientLeft) })).rejects.toBe(clientLeft);
    expect(began).toBe(false);
  });

  it('does not let the rejection of abandoned work escape', async () => {
    const late = async (): Promise<void> => {
      await sleep(20);
      throw new Error('late');
    };
    await expect(run(late, { timeoutMs: 5 })).rejects.toThrow(ScopeTimeoutError);
    await sleep(30);
  });

  it("leaves neither a listener on the caller's signal nor a timer, on any exit", async () => {
    const { signal } = new AbortController();
    const before = timers();
    await run(() => Promise.resolve(), { signal, timeoutMs: 60_000 });
    await run(() => Promise.reject(clientLeft), { signal, timeoutMs: 60_000 }).catch(() => undefined);
    await run(() => never, { signal, timeoutMs: 5 }).catch(() => undefined);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(timers()).toBe(before);
  });

  it('takes real contexts only', async () => {
    const lookAlike = { ...aContext().build() } as never;
    await expect(scopes.run(lookAlike, Handler, () => never)).rejects.toThrow(ContextIsolationError);
  });

  it('runs scopes within scopes, each closed on its own', async () => {
    const live = await run(() => run(() => Promise.resolve(scopes.liveCount)));
    expect(live).toBe(2);
    expect(closed).toEqual(['closed', 'closed']);
  });

  it.each([
    ['what it has done, when it ignores that it should stop', () => Promise.resolve('stored'), 'stored'],
    ['why it failed', () => Promise.reject(clientLeft), clientLeft],
  ])('on shutdown tells of work that is about to end %s', async (_what, end, outcome) => {
    let commit = (): void => undefined;
    const committing = new Promise<void>((resolve) => (commit = resolve));
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const running = run(async () => {
      begin();
      await committing;
      return end();
    }).catch((error: unknown) => error);
    await begun;
    const stopping = scopes.beforeApplicationShutdown();
    commit();
    expect(await running).toBe(outcome);
    await stopping;
    await expect(run(() => never)).rejects.toThrow(ShuttingDownError);
  });

  it('on shutdown stops what is live, waits for it, and refuses what is new', async () => {
    let begin: () => void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const running = run((scope) => {
      scope.defer('slow', async () => {
        await sleep(10);
        closed.push('slow');
      });
      begin();
      return never;
    });
    const stopped = expect(running).rejects.toThrow(WorkInterruptedError);
    await begun;
    await app.close();
    expect(closed).toEqual(['slow', 'closed']);
    await stopped;
    await expect(run(() => never)).rejects.toThrow(ShuttingDownError);
  });
});
