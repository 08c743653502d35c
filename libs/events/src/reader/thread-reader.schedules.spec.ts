import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import fc from 'fast-check';
import type { EventLog, EventPage, EventRange } from '../log/event-log.service.ts';
import { EventRouter } from '../fanout/event-router.service.ts';
import { anEventAt } from '../testing/an-event.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { ThreadReader } from './thread-reader.service.ts';

const SCHEDULES = 10_000;
const context = aContext().build();

/** A log whose commits, reads and news happen in whatever order the scheduler chooses; the reader above it is the real one. */
class ScheduledLog {
  readonly stored: ThreadEvent[] = [];

  constructor(
    private readonly scheduler: fc.Scheduler,
    private readonly router: EventRouter,
  ) {}

  /** Commits a batch now, and lets the news of it come when they come: as events, or as a wake from another node. */
  async commit(count: number, isHere: boolean): Promise<void> {
    await this.scheduler.schedule(Promise.resolve(), 'commit');
    const events = Array.from({ length: count }, (_, index) =>
      anEventAt(context, this.stored.length + index + 1),
    );
    this.stored.push(...events);
    await this.scheduler.schedule(Promise.resolve(), 'news');
    if (isHere) this.router.publish(context, events);
    else this.router.wake(`${context.userId} ${context.threadId}`);
  }

  async readPage(_context: UserExecutionContext, { afterSeq }: EventRange): Promise<EventPage> {
    await this.scheduler.schedule(Promise.resolve(), 'begin of a read');
    // A page of two, so that a burst takes several.
    const events = this.stored.slice(afterSeq, afterSeq + 2);
    const isLast = afterSeq + events.length === this.stored.length;
    await this.scheduler.schedule(Promise.resolve(), 'end of a read');
    return { events, isLast };
  }
}

/** Subscribes at a moment of the scheduler's choice, and reads until the event with this sequence. */
async function follow(reader: ThreadReader, scheduler: fc.Scheduler, log: ScheduledLog, last: number) {
  await scheduler.schedule(Promise.resolve(), 'subscription');
  const afterSeq = log.stored.length === 0 ? 0 : log.stored.length - 1;
  const abort = new AbortController();
  const options = { threadId: context.threadId, afterSeq, signal: abort.signal };
  const seqs: number[] = [];
  for await (const batch of reader.read(context, options)) {
    seqs.push(...batch.map(({ seq }) => seq));
    await scheduler.schedule(Promise.resolve(), 'delivery');
    if ((seqs.at(-1) ?? 0) >= last) abort.abort();
  }
  return { seqs, afterSeq };
}

describe('a reader that is opened in the midst of a burst', () => {
  it(`has no gap and no repeat in ${SCHEDULES} schedules of commits, news, reads and subscriptions`, async () => {
    const batches = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    });
    const property = fc.asyncProperty(fc.scheduler(), batches, async (scheduler, burst) => {
      const router = new EventRouter();
      const log = new ScheduledLog(scheduler, router);
      const transactions = {} as ConstructorParameters<typeof ThreadReader>[0];
      const reader = new ThreadReader(transactions, log as Pick<EventLog, 'readPage'> as EventLog, router);
      const last = burst.reduce((sum, [count]) => sum + count, 0);
      const commits = burst.map(([count, isHere]) => log.commit(count, isHere));
      const followers = [follow(reader, scheduler, log, last), follow(reader, scheduler, log, last)];
      await scheduler.waitFor(Promise.all([...commits, ...followers]));
      for (const { seqs, afterSeq } of await Promise.all(followers)) {
        expect(seqs).toEqual(Array.from({ length: last - afterSeq }, (_, index) => afterSeq + 1 + index));
      }
      expect(router.listenerCount).toBe(0);
    });
    await fc.assert(property, { numRuns: SCHEDULES });
  }, 120_000);
});
