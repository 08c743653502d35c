import { setTimeout as sleep } from 'node:timers/promises';
import { ContextIsolationError } from './context.errors.ts';
import { aContext } from './testing/index.ts';
import { UserContextScope } from './user-context-scope.ts';

const aScope = (): UserContextScope => new UserContextScope(aContext().build());

describe('A scope', () => {
  it('runs its cleanups last in, first out, each after the one before it has ended', async () => {
    const scope = aScope();
    const order: string[] = [];
    for (const name of ['pool', 'session', 'stream']) {
      scope.defer(name, async () => {
        order.push(`${name} begins`);
        await sleep(1);
        order.push(`${name} ends`);
      });
    }
    await scope.close();
    expect(order).toEqual(
      ['stream', 'session', 'pool'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
  });

  it('runs every cleanup even when some fail, and reports each failure by name', async () => {
    const scope = aScope();
    const ran: string[] = [];
    const broken = new Error('socket hang up');
    scope.defer('first', () => void ran.push('first'));
    scope.defer('rejects', () => Promise.reject(broken));
    scope.defer('second', () => void ran.push('second'));
    scope.defer('throws', () => {
      throw broken;
    });
    const failure: unknown = await scope.close().catch((error: unknown) => error);
    expect(ran).toEqual(['second', 'first']);
    expect(failure).toBeInstanceOf(AggregateError);
    expect((failure as AggregateError).errors).toEqual([
      expect.objectContaining({ message: 'Cleanup "throws" failed', cause: broken }),
      expect.objectContaining({ message: 'Cleanup "rejects" failed', cause: broken }),
    ]);
  });

  it('keeps the failure of the work when a cleanup fails too', async () => {
    const scope = aScope();
    const workFailure = new Error('the work failed');
    scope.defer('throws', () => Promise.reject(new Error('and so did its cleanup')));
    await expect(scope.close(workFailure)).rejects.toMatchObject({ cause: workFailure });
  });

  it('closes once, however often it is asked', async () => {
    const scope = aScope();
    let runs = 0;
    scope.defer('count', () => void runs++);
    const closing = scope.close();
    expect(scope.close()).toBe(closing);
    await closing;
    await scope.close();
    expect(runs).toBe(1);
  });

  it('is closed for use as soon as closing begins, also while cleanups run', async () => {
    const scope = aScope();
    scope.assertOpen();
    let seen: unknown;
    scope.defer('look', () => {
      seen = scope.isClosed;
      expect(() => scope.defer('too late', () => undefined)).toThrow(ContextIsolationError);
    });
    const closing = scope.close();
    expect(scope.isClosed).toBe(true);
    expect(() => scope.assertOpen()).toThrow(ContextIsolationError);
    expect(() => scope.defer('too late', () => undefined)).toThrow('after its scope was closed');
    await closing;
    expect(seen).toBe(true);
  });

  it('tells the work to stop, and stays open until the work has ended', () => {
    const scope = aScope();
    const reason = new Error('the client went away');
    scope.abort(reason);
    expect(scope.signal.reason).toBe(reason);
    expect(scope.isClosed).toBe(false);
  });

  it('keeps the first reason to stop', async () => {
    const scope = aScope();
    const reason = new Error('first');
    scope.abort(reason);
    scope.abort(new Error('second'));
    await scope.close();
    expect(scope.signal.reason).toBe(reason);
  });

  it('stops what is left of the work before its first cleanup runs', async () => {
    const scope = aScope();
    let stopped: unknown;
    scope.defer('look', () => void (stopped = scope.signal.aborted));
    await scope.close();
    expect(stopped).toBe(true);
  });
});
