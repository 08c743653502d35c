import { setImmediate as nextTurn } from 'node:timers/promises';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { aContext } from '@bulkhead/user-context/testing';
import type { EventLog, EventPage, EventRange } from '../log/event-log.service.ts';
import { EventRouter } from '../fanout/event-router.service.ts';
import { ResyncRequiredError } from '../events.errors.ts';
import { anEventAt } from '../testing/an-event.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { ThreadReader } from './thread-reader.service.ts';

const ada = aContext().build();
const ended = { done: true, value: undefined };
const aWhile = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
};

/** A log that notes how much is asked for; events are pruned up to the oldest, and pages have as many as fit. */
class NotingLog {
  readonly asked: number[] = [];
  isAway = false;
  constructor(
    readonly latestSeq: number,
    readonly fits = Infinity,
    readonly oldestSeq = 1,
  ) {}

  async readPage(_context: unknown, { afterSeq, limit }: EventRange): Promise<EventPage> {
    this.asked.push(limit);
    if (this.isAway) throw new DatabaseUnavailableError(new Error('It is away.'));
    const first = Math.max(afterSeq + 1, this.oldestSeq);
    const count = Math.min(limit, this.fits, this.latestSeq - first + 1);
    const events = Array.from({ length: count }, (_, index) => anEventAt(ada, first + index));
    return { events, isLast: first + count > this.latestSeq };
  }
}

function open(log: NotingLog, afterSeq = 0) {
  const router = new EventRouter();
  const rows = [{ oldest_seq: `${log.oldestSeq}`, last_seq: `${log.latestSeq}` }];
  const transactions = {} as ConstructorParameters<typeof ThreadReader>[0];
  Object.assign(transactions, { statement: () => Promise.resolve(rows) });
  const reader = new ThreadReader(transactions, log as Pick<EventLog, 'readPage'> as EventLog, router);
  const abort = new AbortController();
  const batches = reader.read(ada, { threadId: ada.threadId, afterSeq, signal: abort.signal });
  const verify = (cursor: number) =>
    reader.verify(ada, ada.threadId, { field: 'afterSeq', afterSeq: cursor });
  return { router, batches, abort, verify };
}

const seqsIn = ({ value }: IteratorResult<readonly ThreadEvent[]>): number[] =>
  ((value ?? []) as readonly ThreadEvent[]).map(({ seq }) => seq);

describe('a page of the log', () => {
  it('is small at first, and four times as large each time that it is full, up to the largest', async () => {
    const log = new NotingLog(2_000);
    const { batches, abort } = open(log);
    for (const count of [8, 32, 128, 500, 500]) expect(seqsIn(await batches.next())).toHaveLength(count);
    expect(log.asked).toEqual([8, 32, 128, 500, 500]);
    abort.abort();
  });

  it('is asked for twice of what fitted before, when events are large', async () => {
    const log = new NotingLog(20, 3);
    const { batches, abort } = open(log);
    for (let page = 0; page < 3; page += 1) await batches.next();
    expect(log.asked).toEqual([8, 6, 6]);
    abort.abort();
  });

  it('is not read for what comes live and has no gap', async () => {
    const log = new NotingLog(2);
    const { batches, router, abort } = open(log);
    expect(seqsIn(await batches.next())).toEqual([1, 2]);
    for (const seq of [3, 4]) {
      const next = batches.next();
      await aWhile();
      router.publish(ada, [anEventAt(ada, seq)]);
      expect(seqsIn(await next)).toEqual([seq]);
    }
    expect(log.asked).toHaveLength(1);
    abort.abort();
  });
});

describe('a reader whose next events were pruned', () => {
  const range = { oldestSeq: 5, latestSeq: 9 };
  const refusal = new ResyncRequiredError('afterSeq', 'pruned_cursor', range);

  it('is told so when it comes, and may continue from the one before the oldest', async () => {
    const { verify } = open(new NotingLog(9, Infinity, 5));
    await expect(verify(3)).rejects.toEqual(refusal);
    await expect(verify(3)).rejects.toMatchObject({ details: { field: 'afterSeq', ...range } });
    expect(await verify(4)).toEqual(range);
  });

  it('is told so instead of being sent what comes after them', async () => {
    const { batches } = open(new NotingLog(9, Infinity, 5), 3);
    const refused = batches.next();
    await expect(refused).rejects.toEqual(refusal);
    await expect(refused).rejects.toMatchObject({ details: { field: 'afterSeq' } });
  });
});

describe('a reader whose database is away', () => {
  it('goes on where it was when it is there again', async () => {
    const log = new NotingLog(2);
    log.isAway = true;
    const { batches, abort } = open(log);
    const next = batches.next();
    await aWhile();
    log.isAway = false;
    expect(seqsIn(await next)).toEqual([1, 2]);
    abort.abort();
  });

  it('stops at once when it is to', async () => {
    const log = new NotingLog(2);
    log.isAway = true;
    const { batches, abort } = open(log);
    const outcomes: unknown[] = [];
    void batches.next().then((outcome) => outcomes.push(outcome));
    await aWhile();
    abort.abort();
    await aWhile();
    expect(outcomes).toEqual([ended]);
  });
});
