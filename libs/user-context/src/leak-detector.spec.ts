import { Injectable, Scope } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { LeakDetector, type Leftover } from './leak-detector.service.ts';
import { aContext } from './testing/index.ts';
import { UserContextModule } from './user-context.module.ts';
import { ScopeRunner } from './scope-runner.service.ts';
import type { UserContextScope } from './user-context-scope.ts';

@Injectable({ scope: Scope.REQUEST })
class Handler {}

describe('The leak detector', () => {
  let app: TestingModule;
  let leaks: LeakDetector;
  let found: Leftover[];

  beforeEach(async () => {
    app = await Test.createTestingModule({ imports: [UserContextModule], providers: [Handler] }).compile();
    leaks = app.get(LeakDetector);
    found = [];
    leaks.onLeftover((leftover) => void found.push(leftover));
  });
  afterEach(() => app.close());

  const run = (work: (scope: UserContextScope) => Promise<void>, signal?: AbortSignal): Promise<void> =>
    app
      .get(ScopeRunner)
      .run(aContext().build(), Handler, (_handler, scope) => work(scope), { ...(signal && { signal }) });

  it('names open scopes by where they were opened, and forgets them when they are closed', async () => {
    await run(() => {
      expect(leaks.live(10)).toEqual([{ origin: 'Handler', ageMs: expect.any(Number), isClosing: false }]);
      return Promise.resolve();
    });
    expect(leaks.live(10)).toEqual([]);
  });

  it('shows a scope whose cleanup hangs as closing', async () => {
    let finish = (): void => undefined;
    const finishing = new Promise<void>((resolve) => (finish = resolve));
    let hasBegun = (): void => undefined;
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    const running = run((scope) => {
      scope.defer('slow', () => {
        hasBegun();
        return finishing;
      });
      return Promise.resolve();
    });
    await begun;
    expect(leaks.live(10)).toMatchObject([{ isClosing: true }]);
    finish();
    await running;
  });

  it('finds what outlives its scope, on success and on failure, and says what it was', async () => {
    const permits = new Set<UserContextScope>();
    leaks.watch('permit', (scope) => (permits.has(scope) ? 1 : 0));
    const forgetful = (scope: UserContextScope): Promise<void> => Promise.resolve(void permits.add(scope));
    await run(forgetful);
    await run(async (scope) => {
      await forgetful(scope);
      throw new Error('failed');
    }).catch(() => undefined);
    await run((scope) => {
      scope.defer('permit', () => void permits.delete(scope));
      return forgetful(scope);
    });
    expect(found).toEqual([
      { what: 'permit', origin: 'Handler', count: 1 },
      { what: 'permit', origin: 'Handler', count: 1 },
    ]);
    expect([...leaks.leftovers]).toEqual([['permit', 2]]);
  });

  it('finds a listener that stays on the scope’s signal', async () => {
    await run(({ signal }) => {
      signal.addEventListener('abort', () => undefined);
      return Promise.resolve();
    });
    expect(found).toMatchObject([{ what: 'abort listener' }]);
  });

  it('does not blame work that was abandoned, and still holds what it has', async () => {
    leaks.watch('permit', () => 1);
    const left = new AbortController();
    const running = run(() => new Promise<void>(() => undefined), left.signal);
    left.abort(new Error('the client went away'));
    await running.catch(() => undefined);
    expect(found).toEqual([]);
  });

  it('finds nothing when everything is given back', async () => {
    for (let index = 0; index < 20; index += 1) await run(() => Promise.resolve());
    expect(found).toEqual([]);
    expect(leaks.inMemoryCount).toBeLessThanOrEqual(20);
  });
});
