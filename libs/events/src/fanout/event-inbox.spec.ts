import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { EventInbox, MAX_PENDING_CHARACTERS, MAX_PENDING_EVENTS } from './event-inbox.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';

const ids = { threadId: randomUUID(), runId: randomUUID(), requestId: randomUUID() };
const eventAt = (seq: number): ThreadEvent => ({
  ...ids,
  eventId: randomUUID(),
  seq,
  type: 'message_delta',
  agentName: 'assistant',
  operationDepth: 0,
  at: '2026-01-31T12:00:00.000Z',
  data: { step: 1, text: `${seq}` },
});
const inboxWith = (...arrivals: readonly (readonly number[])[]): EventInbox => {
  const inbox = new EventInbox();
  for (const arrival of arrivals) inbox.add(arrival.map(eventAt));
  return inbox;
};
const seqsFrom = (inbox: EventInbox, seq: number): readonly number[] | 'gap' => {
  const taken = inbox.takeFrom(seq);
  return taken === 'gap' ? taken : taken.map((event) => event.seq);
};
const upTo = (length: number, from = 1): number[] => Array.from({ length }, (_, index) => from + index);

/** Any arrivals: any subset of a thread's events, any of them repeated, in any order and any batches. */
const anyArrivals = fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }), { maxLength: 8 });

describe('the inbox of a reader', () => {
  it('gives an unbroken run from the sequence asked for, or a gap, whatever arrived', () => {
    fc.assert(
      fc.property(anyArrivals, fc.integer({ min: 1, max: 13 }), (arrivals, seq) => {
        const wanted = arrivals.flat().filter((each) => each >= seq);
        const taken = seqsFrom(inboxWith(...arrivals), seq);
        // No run and no gap would be a lost event: an empty answer is for an inbox without news only.
        if (taken === 'gap') expect(wanted).not.toEqual([]);
        else expect(taken).toEqual(upTo(new Set(wanted).size, seq));
      }),
    );
  });

  it('never claims a gap when every event arrived once, in whatever order', () => {
    const anyOrder = fc
      .integer({ min: 0, max: MAX_PENDING_EVENTS })
      .chain((length) => fc.shuffledSubarray(upTo(length), { minLength: length }));
    fc.assert(
      fc.property(anyOrder, fc.integer({ min: 1, max: 300 }), (order, seq) => {
        const inbox = inboxWith(...order.map((each) => [each]));
        expect(seqsFrom(inbox, seq)).toEqual(upTo(order.length).slice(seq - 1));
      }),
    );
  });

  it('claims a gap when more arrived than it holds', () => {
    const all = upTo(MAX_PENDING_EVENTS);
    expect(seqsFrom(inboxWith(all), 1)).toEqual(all);
    expect(seqsFrom(inboxWith(all, [MAX_PENDING_EVENTS + 1]), 1)).toBe('gap');
    expect(seqsFrom(inboxWith(upTo(MAX_PENDING_EVENTS + 1)), 1)).toBe('gap');
    expect(seqsFrom(inboxWith(all, all, [1]), 1)).toBe('gap');
  });

  it('claims a gap when what arrived says more than it holds, however few events that is', () => {
    const inbox = new EventInbox();
    const large = (seq: number): ThreadEvent => ({
      ...eventAt(seq),
      type: 'message_delta',
      data: { step: 1, text: 'x'.repeat(MAX_PENDING_CHARACTERS / 2) },
    });
    inbox.add([large(1)]);
    expect(seqsFrom(inbox, 1)).toEqual([1]);
    inbox.add([large(2)]);
    inbox.add([large(3)]);
    expect(seqsFrom(inbox, 2)).toBe('gap');
    inbox.add([large(4)]);
    expect(seqsFrom(inbox, 4)).toEqual([4]);
  });

  it('claims a gap when the log is said to have more, before or after what arrived, until the next take', () => {
    const inbox = inboxWith([1, 2]);
    inbox.add('behind');
    inbox.add([eventAt(3)]);
    expect(seqsFrom(inbox, 1)).toBe('gap');
    expect(seqsFrom(inbox, 1)).toEqual([]);
  });

  it('is empty after a take, also after a gap', () => {
    const inbox = inboxWith([1, 2], [4]);
    expect(seqsFrom(inbox, 1)).toBe('gap');
    expect(seqsFrom(inbox, 1)).toEqual([]);
    inbox.add(upTo(MAX_PENDING_EVENTS + 1).map(eventAt));
    expect(seqsFrom(inbox, 1)).toBe('gap');
    inbox.add([eventAt(9)]);
    expect(seqsFrom(inbox, 9)).toEqual([9]);
  });

  it('drops what its reader has already', () => {
    expect(seqsFrom(inboxWith([1, 2, 3, 4]), 3)).toEqual([3, 4]);
    expect(seqsFrom(inboxWith([1, 2]), 3)).toEqual([]);
  });
});

describe('waiting at the inbox', () => {
  it('ends at once when something is there, also when it was too much', async () => {
    await expect(inboxWith([1]).untilMore()).resolves.toBeUndefined();
    await expect(inboxWith(upTo(MAX_PENDING_EVENTS + 1)).untilMore()).resolves.toBeUndefined();
  });

  it('ends at once when the log is said to have more', async () => {
    const inbox = new EventInbox();
    inbox.add('behind');
    await expect(inbox.untilMore()).resolves.toBeUndefined();
  });

  it('does not end while there is nothing, nor after everything was taken', async () => {
    const inbox = inboxWith([1]);
    inbox.takeFrom(1);
    const first = await Promise.race([
      inbox.untilMore().then(() => 'ended'),
      new Promise((resolve) => setImmediate(() => resolve('waits'))),
    ]);
    expect(first).toBe('waits');
  });

  it.each([
    ['something arrives', (inbox: EventInbox) => inbox.add([eventAt(1)])],
    ['the log is said to have more', (inbox: EventInbox) => inbox.add('behind')],
    ['it is woken', (inbox: EventInbox) => inbox.wake()],
  ])('ends when %s', async (_what, act) => {
    const inbox = new EventInbox();
    const waiting = inbox.untilMore();
    act(inbox);
    await expect(waiting).resolves.toBeUndefined();
  });
});
