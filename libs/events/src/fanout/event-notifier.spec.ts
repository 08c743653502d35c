import type { INestApplicationContext } from '@nestjs/common';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { EventRouter } from './event-router.service.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { ThreadReader } from '../reader/thread-reader.service.ts';

let test: TestEvents;
let other: INestApplicationContext;

beforeAll(async () => {
  test = await openTestEvents();
  other = await test.startNode();
});
afterAll(() => test.close());

/** Reads the context's thread on the other node until it has `count` events. */
async function readElsewhere(context: UserExecutionContext, count: number): Promise<ThreadEvent[]> {
  const stop = new AbortController();
  const options = { threadId: context.threadId, afterSeq: 0, signal: stop.signal };
  const events: ThreadEvent[] = [];
  for await (const batch of other.get(ThreadReader, { strict: false }).read(context, options)) {
    events.push(...batch);
    if (events.length >= count) stop.abort();
  }
  return events;
}

const seqs = (events: readonly ThreadEvent[]): number[] => events.map(({ seq }) => seq);
const listening = () =>
  test.database.asAdmin(async (admin) => {
    const text = "select pid from pg_stat_activity where query = 'LISTEN bulkhead_events'";
    return (await admin.query<{ pid: number }>(text)).rows.map(({ pid }) => pid);
  });

describe('a reader on another node', () => {
  it('is woken by what is stored here', async () => {
    const context = await test.openRun();
    const read = readElsewhere(context, 3);
    await test.emit(context, textBatch(['a'], 'one'));
    await test.emit(context, textBatch(['b', 'c'], 'two'));
    expect(seqs(await read)).toEqual([1, 2, 3]);
  });

  it('misses nothing that was stored while its node could not listen', async () => {
    const context = await test.openRun();
    const read = readElsewhere(context, 2);
    await test.emit(context, textBatch(['a'], 'one'));
    const before = await listening();
    await test.database.asAdmin((admin) =>
      admin.query('select pg_terminate_backend(p) from unnest($1::int[]) p', [before]),
    );
    await test.emit(context, textBatch(['b'], 'two'));
    expect(seqs(await read)).toEqual([1, 2]);
  });

  it('of another user hears nothing', async () => {
    const [context, foreign] = [await test.openRun(), await test.openRun()];
    const heard: unknown[] = [];
    const router = other.get(EventRouter, { strict: false });
    const unsubscribe = router.subscribe(foreign, context.threadId, (news) => heard.push(news));
    const read = readElsewhere(context, 1);
    await test.emit(context, textBatch(['a'], 'one'));
    await read;
    unsubscribe();
    expect(heard).toEqual([]);
  });
});

describe('a wake', () => {
  it('names a user and a thread and carries nothing', async () => {
    const context = await test.openRun();
    const payloads = await test.database.asAdmin(async (admin) => {
      const heard: string[] = [];
      await admin.query('LISTEN bulkhead_events');
      // Wakes for the threads of the tests before may still be on their way.
      const own = new Promise<void>((resolve) => {
        admin.on('notification', ({ payload = '' }) => {
          heard.push(payload);
          if (payload.includes(context.threadId)) resolve();
        });
      });
      await test.emit(context, textBatch(['secret-canary'], 'one'));
      await own;
      return heard;
    });
    expect(payloads.at(-1)).toMatch(new RegExp(`^\\S+ ${context.userId} ${context.threadId}$`));
    for (const payload of payloads) expect(payload).toMatch(/^[0-9a-f-]{36} [0-9a-f-]{36} [0-9a-f-]{36}$/);
  });
});
