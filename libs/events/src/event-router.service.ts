import { Injectable } from '@nestjs/common';
import { UserExecutionContext } from '@bulkhead/user-context';
import { toStorableUuid } from './storable.ts';
import type { ThreadEvent } from './thread-event.ts';

type Listener = (events: readonly ThreadEvent[]) => void;

/**
 * Carries committed events to the readers on this node. Both sides are addressed by a context, so a reader can
 * only ever hear its own user: there is no way to name another.
 */
@Injectable()
export class EventRouter {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Readers that are listening now. */
  get listenerCount(): number {
    let count = 0;
    for (const listeners of this.#listeners.values()) count += listeners.size;
    return count;
  }

  /** Call after the commit: what is heard here must survive a crash. */
  publish(context: UserExecutionContext, events: readonly ThreadEvent[]): void {
    if (events.length === 0) return;
    for (const listener of this.#listeners.get(keyOf(context, context.threadId)) ?? []) listener(events);
  }

  /** Hears the owner's events of one thread until the returned function is called. */
  subscribe(context: UserExecutionContext, threadId: string, listener: Listener): () => void {
    const key = keyOf(context, threadId);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }
}

// A user id has no whitespace, so no two pairs have one key; and a look-alike of a context has no user.
const keyOf = (context: UserExecutionContext, threadId: string): string =>
  `${UserExecutionContext.verify(context).userId} ${toStorableUuid(threadId)}`;
