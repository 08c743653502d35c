import { setTimeout as delay } from 'node:timers/promises';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import type { EventLog, EventPage, EventRange } from '../log/event-log.service.ts';
import { EventRouter } from '../fanout/event-router.service.ts';
import { anEventAt } from '../testing/an-event.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { ThreadReader } from './thread-reader.service.ts';

const MANY = 100;

/** A log of threads without an end, but for those that it is told are short; further pages of the others never come. */
class BusyLog {
  readonly short = new Set<string>();
  /** First pages do not come either. */
  isStuck = false;
  pending = 0;

  async readPage(context: UserExecutionContext, { afterSeq }: EventRange): Promise<EventPage> {
    if (this.short.has(context.threadId)) return { events: [], isLast: true };
    if (afterSeq === 0 && !this.isStuck) return { events: [anEventAt(context, 1)], isLast: false };
    this.pending += 1;
    return new Promise(() => undefined);
  }
}

function openBusyNode() {
  const [log, router] = [new BusyLog(), new EventRouter()];
  const transactions = {} as ConstructorParameters<typeof ThreadReader>[0];
  const reader = new ThreadReader(transactions, log as Pick<EventLog, 'readPage'> as EventLog, router);
  const abort = new AbortController();
  const read = (context: UserExecutionContext) =>
    reader.read(context, { threadId: context.threadId, afterSeq: 0, signal: abort.signal });
  return { log, router, read, abort };
}

describe('while many readers have much to catch up with', () => {
  it('each has its first page, and few of them wait for a further one at the same time', async () => {
    const { log, read } = openBusyNode();
    const readers = Array.from({ length: MANY }, () => read(aContext().build()));
    const first = await Promise.all(readers.map((each) => each.next()));
    expect(first.every(({ value }) => (value as readonly ThreadEvent[]).length > 0)).toBe(true);
    for (const each of readers) void each.next();
    await delay(0);
    expect(log.pending).toBeGreaterThan(0);
    expect(log.pending).toBeLessThanOrEqual(8);
  });

  it('one that has missed nothing goes live, and looks into the log again, without waiting for them', async () => {
    const { log, router, read, abort } = openBusyNode();
    for (let index = 0; index < MANY; index += 1) {
      const reader = read(aContext().build());
      void reader.next().then(() => reader.next());
    }
    const ada = aContext().build();
    log.short.add(ada.threadId);
    const live = read(ada);
    for (const seq of [1, 2, 3]) {
      const next = live.next();
      await delay(0);
      router.publish(ada, [anEventAt(ada, seq)]);
      expect(await next).toEqual({ done: false, value: [anEventAt(ada, seq)] });
      router.wake(`${ada.userId} ${ada.threadId}`);
    }
    abort.abort();
  });

  it('one that is live looks into the log without waiting for the first pages of those that come', async () => {
    const { log, router, read, abort } = openBusyNode();
    const ada = aContext().build();
    log.short.add(ada.threadId);
    const live = read(ada);
    const first = live.next();
    await delay(0);
    router.publish(ada, [anEventAt(ada, 1)]);
    await first;
    log.isStuck = true;
    for (let index = 0; index < MANY; index += 1) void read(aContext().build()).next();
    const next = live.next();
    router.wake(`${ada.userId} ${ada.threadId}`);
    await delay(0);
    router.publish(ada, [anEventAt(ada, 2)]);
    expect(await next).toEqual({ done: false, value: [anEventAt(ada, 2)] });
    abort.abort();
  });
});
