import { Identity } from '../identity.ts';
import { UserExecutionContext } from '../user-execution-context.ts';
import { aContext, aLookAlike, anIdentity } from './index.ts';

describe('The testing builders', () => {
  it('make real identities and contexts, a new user each time', () => {
    const [first, second] = [aContext().build(), aContext().build()];
    expect(UserExecutionContext.verify(first)).toBe(first);
    expect(Identity.verify(anIdentity())).toBeDefined();
    expect(first.userId).not.toBe(second.userId);
  });

  it('go through the same validation as everybody', () => {
    expect(() => anIdentity({ userId: 'test_user' })).toThrow('userId must be a real id');
    expect(() => aContext().on({ threadId: 'mock' }).build()).toThrow('threadId must be a real id');
  });

  it('make look-alikes, which no door takes for a context', () => {
    const context = aContext().build();
    expect(aLookAlike(context)).toEqual({ ...context });
    expect(() => UserExecutionContext.verify(aLookAlike(context))).toThrow('not a UserExecutionContext');
  });

  it('can be varied without changing the one they started from', () => {
    const ada = anIdentity();
    const base = aContext(ada).on({ threadId: 'thread-1' });
    const varied = base
      .on({ runId: 'run-1' })
      .with({ agentContext: { topic: 'tea' } })
      .of(anIdentity());
    expect(base.build()).toMatchObject({ userId: ada.userId, threadId: 'thread-1', agentContext: {} });
    expect(varied.build()).toMatchObject({
      threadId: 'thread-1',
      runId: 'run-1',
      agentContext: { topic: 'tea' },
    });
    expect(varied.build().userId).not.toBe(ada.userId);
  });
});
