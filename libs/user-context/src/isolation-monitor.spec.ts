import { Injectable, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  assertOwnedBy,
  ContextIsolationError,
  IsolationMonitor,
  UserContextModule,
  ScopeRunner,
  type IsolationViolation,
} from './index.ts';
import { aContext } from './testing/index.ts';

@Injectable({ scope: Scope.REQUEST })
class Work {}

async function open() {
  const module = await Test.createTestingModule({
    imports: [UserContextModule],
    providers: [Work],
  }).compile();
  const monitor = module.get(IsolationMonitor);
  const heard: IsolationViolation[] = [];
  monitor.onViolation((violation) => heard.push(violation));
  return { scopes: module.get(ScopeRunner), monitor, heard };
}

describe('a violation of isolation', () => {
  it('ends its scope, is counted, and is told with its context', async () => {
    const { scopes, monitor, heard } = await open();
    const [ada, ben] = [aContext().build(), aContext().build()];
    const planted = scopes.run(ada, Work, (_work, scope) => {
      scope.defer('seen', () => expect(scope.isClosed).toBe(true));
      assertOwnedBy(ada, ben.userId, 'A note');
      return Promise.resolve();
    });
    await expect(planted).rejects.toThrow(ContextIsolationError);
    expect(monitor.count).toBe(1);
    expect(heard).toMatchObject([{ context: ada, error: { message: "A note is another user's." } }]);
    expect(scopes.liveCount).toBe(0);
  });

  it('is none when the owner is the same, however the id is spelt', async () => {
    const { scopes, monitor } = await open();
    const ada = aContext().build();
    await scopes.run(ada, Work, () =>
      Promise.resolve(assertOwnedBy(ada, ada.userId.toUpperCase(), 'A note')),
    );
    expect(monitor.count).toBe(0);
  });

  it('that ends a scope within a scope is one, and is told where it was noticed', async () => {
    const { scopes, monitor, heard } = await open();
    const ada = aContext().build();
    const child = ada.createChild('delegate:helper');
    const planted = scopes.run(ada, Work, () =>
      scopes.run(child, Work, () => Promise.reject(new ContextIsolationError('planted'))),
    );
    await expect(planted).rejects.toThrow('planted');
    expect(monitor.count).toBe(1);
    expect(heard.map(({ context }) => context)).toEqual([child]);
    expect(scopes.liveCount).toBe(0);
  });

  it('is not what any other failure is', async () => {
    const { scopes, monitor } = await open();
    const failing = scopes.run(aContext().build(), Work, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(monitor.count).toBe(0);
  });
});
