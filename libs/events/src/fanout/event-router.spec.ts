import { randomUUID } from 'node:crypto';
import { ContextIsolationError, type UserExecutionContext } from '@bulkhead/user-context';
import { aContext, aLookAlike, anIdentity } from '@bulkhead/user-context/testing';
import fc from 'fast-check';
import { EventRouter } from './event-router.service.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';

const eventOf = ({ threadId, runId, requestId }: UserExecutionContext): ThreadEvent => ({
  ...{ eventId: randomUUID(), threadId, runId, requestId, seq: 1, agentName: 'assistant', operationDepth: 0 },
  at: '2026-01-31T12:00:00.000Z',
  type: 'message_delta',
  data: { step: 1, text: '' },
});
const listen = (router: EventRouter, context: UserExecutionContext, threadId: string = context.threadId) => {
  const heard: ThreadEvent[] = [];
  const unsubscribe = router.subscribe(context, threadId, (news) =>
    heard.push(...(news === 'behind' ? [] : news)),
  );
  return { heard, unsubscribe };
};

describe('the event router', () => {
  it("carries a thread's events to every listener of their owner", () => {
    const router = new EventRouter();
    const context = aContext().build();
    const event = eventOf(context);
    const sameUser = aContext(context.identity).build();
    const listeners = [
      listen(router, context),
      listen(router, context),
      listen(router, sameUser, context.threadId),
    ];
    router.publish(context, [event]);
    expect(listeners.map(({ heard }) => heard)).toEqual([[event], [event], [event]]);
  });

  it("never carries one user's events to another, who listens on the very same thread id", () => {
    const router = new EventRouter();
    const ada = aContext().build();
    const { heard } = listen(router, aContext().on({ threadId: ada.threadId }).build());
    router.publish(ada, [eventOf(ada)]);
    expect(heard).toEqual([]);
  });

  it('carries nothing to a listener of another thread', () => {
    const router = new EventRouter();
    const context = aContext().build();
    const { heard } = listen(router, context, randomUUID());
    router.publish(context, [eventOf(context)]);
    expect(heard).toEqual([]);
  });

  it('keeps users apart however their ids and thread ids are spelled', () => {
    const anyId = fc.stringMatching(/^[ab:./|-]{1,3}$/).map((text) => `u${text}`);
    fc.assert(
      fc.property(anyId, anyId, anyId, fc.string(), (owner, listener, threadId, heardId) => {
        fc.pre(owner !== listener);
        const router = new EventRouter();
        const ada = aContext(anIdentity({ userId: owner }))
          .on({ threadId })
          .build();
        const ben = aContext(anIdentity({ userId: listener })).build();
        const { heard } = listen(router, ben, heardId);
        const { heard: same } = listen(router, ben, threadId);
        router.publish(ada, [eventOf(ada)]);
        expect([heard, same]).toEqual([[], []]);
      }),
    );
  });

  it('knows a thread by its id in capitals too', () => {
    const router = new EventRouter();
    const context = aContext().build();
    const { heard } = listen(router, context, context.threadId.toUpperCase());
    router.publish(context, [eventOf(context)]);
    expect(heard).toHaveLength(1);
  });

  it("refuses to carry an event that is not of the context's thread, beside some that are", () => {
    const router = new EventRouter();
    const context = aContext().build();
    const { heard } = listen(router, context);
    const [own, foreign] = [eventOf(context), eventOf(aContext(context.identity).build())];
    expect(() => router.publish(context, [own, foreign])).toThrow(ContextIsolationError);
    expect(heard).toEqual([]);
  });

  it('calls nobody for an empty batch', () => {
    const router = new EventRouter();
    const context = aContext().build();
    let calls = 0;
    router.subscribe(context, context.threadId, () => calls++);
    router.publish(context, []);
    expect(calls).toBe(0);
  });

  it('refuses a look-alike of a context on either side', () => {
    const router = new EventRouter();
    const context = aContext().build();
    const lookAlike = aLookAlike(context);
    expect(() => listen(router, lookAlike as never, context.threadId)).toThrow(ContextIsolationError);
    expect(() => router.publish(lookAlike as never, [eventOf(context)])).toThrow(ContextIsolationError);
    expect(router.listenerCount).toBe(0);
  });
});

describe('a wake', () => {
  const listenFor = (router: EventRouter, context: UserExecutionContext): unknown[] => {
    const heard: unknown[] = [];
    router.subscribe(context, context.threadId, (news) => heard.push(news));
    return heard;
  };

  it("sends one user's readers of one thread to the log, and nobody else", () => {
    const router = new EventRouter();
    const ada = aContext().build();
    const heard = listenFor(router, ada);
    const others = [
      listenFor(router, aContext(ada.identity).build()),
      listenFor(router, aContext().on({ threadId: ada.threadId }).build()),
    ];
    router.wake(`${ada.userId} ${ada.threadId}`);
    expect([heard, ...others]).toEqual([['behind'], [], []]);
  });

  it('of all sends every reader to the log, with nothing to read in it', () => {
    const router = new EventRouter();
    const heard = [aContext(), aContext()].map((builder) => listenFor(router, builder.build()));
    router.wakeAll();
    expect(heard).toEqual([['behind'], ['behind']]);
  });

  it('of every share sends every reader to the log once', () => {
    const router = new EventRouter();
    const heard = Array.from({ length: 50 }, () => listenFor(router, aContext().build()));
    router.wakeShare(0, 7);
    expect(heard.flat().length).toBeLessThan(50);
    for (let share = 1; share < 7; share += 1) router.wakeShare(share, 7);
    expect(heard).toEqual(heard.map(() => ['behind']));
  });

  it('of a share sends few readers to the log, also when all of them read one thread', () => {
    const router = new EventRouter();
    const ada = aContext().build();
    const heard = Array.from({ length: 70 }, () => listenFor(router, ada));
    for (let share = 0; share < 7; share += 1) {
      router.wakeShare(share, 7);
      expect(heard.flat()).toHaveLength(10 * (share + 1));
    }
  });

  it('is asked for by watchers, who learn which thread has news and not which news, until they stop', () => {
    const router = new EventRouter();
    const ada = aContext().build();
    const watched: unknown[] = [];
    const stop = router.onPublish((...all) => watched.push(...all));
    router.publish(ada, []);
    router.publish(ada, [eventOf(ada)]);
    stop();
    router.publish(ada, [eventOf(ada)]);
    expect(watched).toEqual([`${ada.userId} ${ada.threadId}`]);
  });

  it('for a thread that nobody reads here calls nobody', () => {
    const router = new EventRouter();
    const ada = aContext().build();
    expect(() => router.wake(`${ada.userId} ${ada.threadId}`)).not.toThrow();
  });
});

describe('an observer', () => {
  it('is told what is published here, once, and by whom, until it stops', () => {
    const router = new EventRouter();
    const ada = aContext().build();
    const event = eventOf(ada);
    const observed: unknown[] = [];
    const stop = router.observe((context, events) => observed.push([context, events]));
    router.publish(ada, [event]);
    router.republish(ada);
    stop();
    router.publish(ada, [event]);
    expect(observed).toEqual([[ada, [event]]]);
  });
});

describe('events that may never have been published', () => {
  it("send the owner's readers of the thread to the log, here and elsewhere, and nobody else", () => {
    const router = new EventRouter();
    const [ada, ben] = [aContext().build(), aContext().build()];
    const heard: unknown[] = [];
    router.subscribe(ada, ada.threadId, (news) => heard.push(['ada', news]));
    router.subscribe(ben, ben.threadId, (news) => heard.push(['ben', news]));
    router.onPublish((key) => heard.push(key));
    router.republish(ada);
    expect(heard).toEqual([['ada', 'behind'], `${ada.userId} ${ada.threadId}`]);
  });
});

describe('unsubscribing', () => {
  it('leaves nothing behind, in whatever order and however often', () => {
    const router = new EventRouter();
    const [ada, ben] = [aContext().build(), aContext().build()];
    const subscriptions = [listen(router, ada), listen(router, ada), listen(router, ben)];
    expect(router.listenerCount).toBe(3);
    for (const { unsubscribe } of [...subscriptions, ...subscriptions]) unsubscribe();
    expect(router.listenerCount).toBe(0);
    router.publish(ada, [eventOf(ada)]);
    expect(subscriptions.flatMap(({ heard }) => heard)).toEqual([]);
  });

  it('twice does not silence who came later', () => {
    const router = new EventRouter();
    const context = aContext().build();
    const first = listen(router, context);
    first.unsubscribe();
    const second = listen(router, context);
    first.unsubscribe();
    router.publish(context, [eventOf(context)]);
    expect(second.heard).toHaveLength(1);
  });

  it('while events are carried does not disturb the other listeners', () => {
    const router = new EventRouter();
    const context = aContext().build();
    const unsubscribe = router.subscribe(context, context.threadId, () => unsubscribe());
    const { heard } = listen(router, context);
    router.publish(context, [eventOf(context)]);
    expect(heard).toHaveLength(1);
    expect(router.listenerCount).toBe(1);
  });
});
