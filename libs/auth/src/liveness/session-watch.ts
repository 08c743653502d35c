import type { Identity } from '@bulkhead/user-context';
import type { Permission } from '../permissions.ts';
import type { Standing } from './session-standing.ts';

/** Why a connection must end. */
export type EndReason = 'token_expired' | 'revoked' | 'role_changed';

/** A connection, and what it must be told. */
export interface Watcher {
  readonly identity: Identity;
  readonly onEnd: (reason: EndReason) => void;
  readonly needs: Permission;
}

/** One session and all of its connections. */
export interface WatchedSession {
  readonly watchers: Set<Watcher>;
  standing: Standing;
  /** Since when its standing is not certain, on the process's own clock; `Infinity` when it is. */
  doubtedAt: number;
}

/** The sessions that are connected here. Grows and shrinks with their connections. */
export class SessionWatch {
  readonly #sessions = new Map<string, WatchedSession>();
  readonly #sessionsOfUser = new Map<string, Set<string>>();

  get size(): number {
    let size = 0;
    for (const { watchers } of this.#sessions.values()) size += watchers.size;
    return size;
  }

  /** @returns whether it is the session's first connection */
  add(watcher: Watcher): boolean {
    const { sessionId, userId } = watcher.identity;
    const known = this.#sessions.get(sessionId);
    if (known) {
      known.watchers.add(watcher);
      return false;
    }
    this.#sessions.set(sessionId, {
      watchers: new Set([watcher]),
      standing: watcher.identity,
      doubtedAt: Infinity,
    });
    const siblings = this.#sessionsOfUser.get(userId);
    if (siblings) siblings.add(sessionId);
    else this.#sessionsOfUser.set(userId, new Set([sessionId]));
    return true;
  }

  remove(watcher: Watcher): void {
    const { sessionId, userId } = watcher.identity;
    const session = this.#sessions.get(sessionId);
    session?.watchers.delete(watcher);
    if (session?.watchers.size !== 0) return;
    this.#sessions.delete(sessionId);
    const siblings = this.#sessionsOfUser.get(userId);
    siblings?.delete(sessionId);
    if (siblings?.size === 0) this.#sessionsOfUser.delete(userId);
  }

  get({ sessionId }: Identity): WatchedSession | undefined {
    return this.#sessions.get(sessionId);
  }

  sessionIds(): Iterable<string> {
    return this.#sessions.keys();
  }

  sessionsOf(userId: string): Iterable<string> {
    return this.#sessionsOfUser.get(userId) ?? [];
  }

  doubt(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (session) session.doubtedAt = Math.min(session.doubtedAt, performance.now());
  }

  /**
   * Takes what the database says.
   * @param standing undefined: the session has ended
   * @param doubtedAt since when it is in doubt again, or `Infinity`
   * @returns the connections that must end
   */
  settle(
    sessionId: string,
    standing: Standing | undefined,
    doubtedAt: number,
  ): readonly (readonly [Watcher, EndReason])[] {
    const session = this.#sessions.get(sessionId);
    if (!session) return [];
    if (!standing) return [...session.watchers].map((watcher) => [watcher, 'revoked']);
    session.standing = standing;
    session.doubtedAt = doubtedAt;
    return [...session.watchers]
      .filter(({ needs }) => !standing.permissions.includes(needs))
      .map((watcher) => [watcher, 'role_changed']);
  }
}
