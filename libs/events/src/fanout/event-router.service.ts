import { Injectable } from '@nestjs/common';
import { ContextIsolationError, UserExecutionContext } from '@bulkhead/user-context';
import { toStorableUuid } from '../log/postgres-json.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';

/** Hears committed events, or `behind` when there are some that only the log has. */
type Listener = (news: readonly ThreadEvent[] | 'behind') => void;

/** Hears of each thread that events were published for, and not which events: what it knows travels to other nodes. */
type Watcher = (key: RouteKey) => void;

/** Counts what is published on this node. */
type Observer = (context: UserExecutionContext, events: readonly ThreadEvent[]) => void;

/** A user's thread, as an address within this process. */
export type RouteKey = `${string} ${string}`;

/**
 * Carries committed events to the readers on this node. Both sides are addressed by a context, so a reader can
 * only ever hear its own user: there is no way to name another.
 */
@Injectable()
export class EventRouter {
  /** Each with the number of its subscription. */
  readonly #listeners = new Map<RouteKey, Map<Listener, number>>();
  readonly #watchers = new Set<Watcher>();
  readonly #observers = new Set<Observer>();
  #subscriptions = 0;

  /** Readers that are listening now. */
  get listenerCount(): number {
    let count = 0;
    for (const listeners of this.#listeners.values()) count += listeners.size;
    return count;
  }

  /** Call after the commit: what is heard here must survive a crash. */
  publish(context: UserExecutionContext, events: readonly ThreadEvent[]): void {
    if (events.length === 0) return;
    if (events.some(({ threadId }) => threadId !== toStorableUuid(context.threadId))) {
      throw new ContextIsolationError("An event is not of the context's thread.");
    }
    const key = keyOf(context, context.threadId);
    for (const listener of this.#listeners.get(key)?.keys() ?? []) listener(events);
    for (const watcher of this.#watchers) watcher(key);
    for (const observer of this.#observers) observer(context, events);
  }

  /** Events of the context's thread are stored that may never have been published: before a crash, say. */
  republish(context: UserExecutionContext): void {
    const key = keyOf(context, context.threadId);
    this.wake(key);
    for (const watcher of this.#watchers) watcher(key);
  }

  /** Another node has stored events of this thread: its readers here go to the log, under their own user. */
  wake(key: RouteKey): void {
    for (const listener of this.#listeners.get(key)?.keys() ?? []) listener('behind');
  }

  /** Wakes may have been lost: every reader goes to the log. */
  wakeAll(): void {
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners.keys()) listener('behind');
    }
  }

  /**
   * The same for one share of all readers, those of one thread too; the shares from 0 to `shares` - 1 together are
   * everybody.
   */
  wakeShare(share: number, shares: number): void {
    for (const listeners of this.#listeners.values()) {
      for (const [listener, number] of listeners) if (number % shares === share) listener('behind');
    }
  }

  /** Calls `watcher` with each thread that events were published for, until the returned function is called. */
  onPublish(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Calls `observer` with whatever is published on this node, until the returned function is called. */
  observe(observer: Observer): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Hears the owner's events of one thread until the returned function is called. */
  subscribe(context: UserExecutionContext, threadId: string, listener: Listener): () => void {
    const key = keyOf(context, threadId);
    const listeners = this.#listeners.get(key) ?? new Map<Listener, number>();
    this.#listeners.set(key, listeners.set(listener, this.#subscriptions++));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }
}

// A user id has no whitespace, so no two pairs have one key; and a look-alike of a context has no user.
const keyOf = (context: UserExecutionContext, threadId: string): RouteKey =>
  `${UserExecutionContext.verify(context).userId} ${toStorableUuid(threadId)}`;
