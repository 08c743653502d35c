import type { Identity } from '@bulkhead/user-context';
import { anIdentity } from '@bulkhead/user-context/testing';
import { SessionWatch, type Watcher } from './session-watch.ts';

const watcherOf = (identity: Identity, needs: Watcher['needs'] = 'threads:own'): Watcher => ({
  identity,
  onEnd: () => undefined,
  needs,
});
const standing = (...permissions: string[]) => ({ roles: ['user'], permissions });

describe('The sessions that are connected', () => {
  it('are known with their first connection, until their last is gone', () => {
    const watch = new SessionWatch();
    const ada = anIdentity();
    const [one, other] = [watcherOf(ada), watcherOf(ada)];
    expect([watch.add(one), watch.add(other)]).toEqual([true, false]);
    expect(watch.size).toBe(2);
    watch.remove(one);
    expect(watch.get(ada)?.watchers).toEqual(new Set([other]));
    watch.remove(other);
    watch.remove(other);
    expect(watch.get(ada)).toBeUndefined();
    expect([watch.size, [...watch.sessionIds()], [...watch.sessionsOf(ada.userId)]]).toEqual([0, [], []]);
    expect(watch.add(one)).toBe(true);
  });

  it("are found by their user, and nobody else's are", () => {
    const watch = new SessionWatch();
    const phone = anIdentity();
    const laptop = anIdentity({ userId: phone.userId });
    const [onPhone, onLaptop] = [watcherOf(phone), watcherOf(laptop)];
    for (const each of [onPhone, onLaptop, watcherOf(anIdentity())]) watch.add(each);
    expect([...watch.sessionsOf(phone.userId)]).toEqual([phone.sessionId, laptop.sessionId]);
    expect([...watch.sessionIds()]).toHaveLength(3);
    watch.remove(onPhone);
    expect([...watch.sessionsOf(phone.userId)]).toEqual([laptop.sessionId]);
    expect([...watch.sessionsOf('nobody')]).toEqual([]);
  });

  it('that nobody watches can be forgotten and doubted without harm', () => {
    const watch = new SessionWatch();
    const stranger = anIdentity();
    expect(() => watch.remove(watcherOf(stranger))).not.toThrow();
    expect(() => watch.doubt(stranger.sessionId)).not.toThrow();
    expect(watch.settle(stranger.sessionId, undefined, Infinity)).toEqual([]);
  });
});

describe('The standing of a session', () => {
  const watched = (needs?: Watcher['needs']) => {
    const watch = new SessionWatch();
    const ada = anIdentity({ permissions: ['threads:own'] });
    const watcher = watcherOf(ada, needs);
    watch.add(watcher);
    return { watch, ada, watcher };
  };

  it('is at first that of its identity, without a doubt', () => {
    const { watch, ada } = watched();
    expect(watch.get(ada)).toMatchObject({ standing: ada, doubtedAt: Infinity });
  });

  it('is in doubt since the first doubt, until it is settled', () => {
    const { watch, ada } = watched();
    const before = performance.now();
    watch.doubt(ada.sessionId);
    const since = watch.get(ada)?.doubtedAt ?? NaN;
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(performance.now());
    watch.doubt(ada.sessionId);
    expect(watch.get(ada)?.doubtedAt).toBe(since);
    expect(watch.settle(ada.sessionId, standing('threads:own'), Infinity)).toEqual([]);
    expect(watch.get(ada)).toMatchObject({ standing: standing('threads:own'), doubtedAt: Infinity });
  });

  it('stays in doubt when it was doubted again meanwhile', () => {
    const { watch, ada } = watched();
    watch.settle(ada.sessionId, standing('threads:own'), 5);
    expect(watch.get(ada)?.doubtedAt).toBe(5);
  });

  it('ends every connection of a session that is over', () => {
    const { watch, ada, watcher } = watched();
    const other = watcherOf(ada);
    watch.add(other);
    expect(watch.settle(ada.sessionId, undefined, Infinity)).toEqual([
      [watcher, 'revoked'],
      [other, 'revoked'],
    ]);
  });

  it('ends the connections whose permission is gone, and no others', () => {
    const { watch, ada } = watched();
    const admin = watcherOf(ada, 'admin:read');
    watch.add(admin);
    expect(watch.settle(ada.sessionId, standing('threads:own'), Infinity)).toEqual([[admin, 'role_changed']]);
  });
});
