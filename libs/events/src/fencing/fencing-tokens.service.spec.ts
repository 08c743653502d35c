import { randomUUID } from 'node:crypto';
import { ContextIsolationError, type UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { FencingTokens } from './fencing-tokens.service.ts';

const fence = new FencingTokens();
const anotherOf = ({ identity, threadId, runId }: UserExecutionContext): UserExecutionContext =>
  aContext(identity).on({ threadId, runId }).build();
const claimOn = ({ runId }: UserExecutionContext, epoch = 1) => {
  const { signal } = new AbortController();
  return { runId, epoch, interruptions: 0, superseded: signal };
};

describe('the fence of a run', () => {
  it('has a context work under the claim that it was put under, and its children down to the last', () => {
    const context = aContext().build();
    const claim = claimOn(context);
    expect(fence.hold(context, claim)).toBe(context);
    const child = context.createChild('delegate');
    const grandchild = child.createChild('delegate');
    expect([context, child, grandchild].map((each) => fence.claimOf(each))).toEqual([claim, claim, claim]);
  });

  it("has no claim for the owner's requests about the same run", () => {
    const context = aContext().build();
    fence.hold(context, claimOn(context));
    expect(fence.claimOf(anotherOf(context))).toBeUndefined();
  });

  it('keeps apart who works on a run at the same time, as when a frozen node wakes', () => {
    const stale = aContext().build();
    const fresh = anotherOf(stale);
    fence.hold(stale, claimOn(stale, 1));
    fence.hold(fresh, claimOn(fresh, 2));
    expect([stale, fresh].map((context) => fence.claimOf(context)?.epoch)).toEqual([1, 2]);
  });

  it('refuses a claim of another run', () => {
    const context = aContext().build();
    const claim = { ...claimOn(context), runId: randomUUID() };
    expect(() => fence.hold(context, claim)).toThrow(ContextIsolationError);
    expect(fence.claimOf(context)).toBeUndefined();
  });
});
