import type { ThreadEvent } from '@bulkhead/events';
import fc from 'fast-check';
import { ConnectionError } from './connection.error.ts';
import type { SocketObserver } from './reconnecting-socket.ts';
import { Subscription, type SharedSocket } from './subscription.ts';

const THREAD = 'thread';
const eventOf = (seq: number, threadId = THREAD) => ({ seq, threadId }) as ThreadEvent;

/** What can happen between a server and its client. */
type Happening =
  | { readonly what: 'append' | 'deliver' | 'answer' | 'take' | 'disconnect' | 'reconnect' }
  | { readonly what: 'repeat' | 'overtake'; readonly by: number };

/** A server with one thread, on a network that does its worst: the test decides what gets through, and when. */
class Network {
  readonly requests: { readonly afterSeq: number | undefined }[] = [];
  log = 0;
  /** What the server would send next; undefined while it does not deliver. */
  cursor: number | undefined;
  isConnected = true;
  #observer: SocketObserver | undefined;
  #pending: { answer: () => void; fail: () => void } | undefined;

  readonly socket: SharedSocket = {
    join: (observer) => {
      this.#observer = observer;
      observer.connected();
    },
    leave: () => undefined,
    confirm: () => undefined,
    recover: () => undefined,
    stopFollowing: async ({ threadId }) => {
      await this.socket.call('thread_unsubscribe', { threadId });
    },
    call: (name, request) =>
      new Promise((resolve, reject) => {
        const { afterSeq } = request as { afterSeq?: number };
        if (name === 'thread_subscribe') this.requests.push({ afterSeq });
        this.#pending = {
          answer: () => {
            this.cursor = name === 'thread_subscribe' ? (afterSeq ?? this.log) : undefined;
            resolve({ threadId: THREAD, lastSeq: this.log } as never);
          },
          fail: () => reject(new ConnectionError('broken')),
        };
      }),
  };

  append(): void {
    this.log++;
  }

  answer(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.answer();
  }

  deliver(): void {
    if (this.cursor === undefined || this.cursor >= this.log) return;
    this.#observer?.received(eventOf(++this.cursor));
  }

  /** An event that came before comes again. */
  repeat(by: number): void {
    if (this.cursor !== undefined && this.cursor - by > 0)
      this.#observer?.received(eventOf(this.cursor - by));
  }

  /** An event comes before those that were before it. */
  overtake(by: number): void {
    if (this.cursor !== undefined && this.cursor + by <= this.log)
      this.#observer?.received(eventOf(this.cursor + by));
  }

  disconnect(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.cursor = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.fail();
    this.#observer?.interrupted(new ConnectionError('lost'));
  }

  reconnect(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.#observer?.connected();
  }

  foreign(): void {
    this.#observer?.received(eventOf((this.cursor ?? 0) + 1, 'another'));
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Happening>({ what: 'append' }, { what: 'deliver' }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Happening>({ what: 'answer' }, { what: 'take' }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Happening>({ what: 'disconnect' }, { what: 'reconnect' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom('repeat' as const, 'overtake' as const),
      by: fc.integer({ min: 0, max: 6 }),
    }),
  },
);

/** A consumer that takes what is there, one at a time. */
class Consumer {
  readonly taken: number[] = [];
  readonly #subscription: Subscription;

  constructor(
    network: Network,
    options: { readonly bufferSize: number; readonly afterSeq: number | undefined },
  ) {
    const { bufferSize, afterSeq } = options;
    const ignore = (): void => undefined;
    this.#subscription = new Subscription(
      network.socket,
      { threadId: THREAD, bufferSize, ...(afterSeq !== undefined && { afterSeq }) },
      { ready: ignore, interrupted: ignore, failed: ignore },
    );
    this.#subscription.start();
  }

  /** The newest event that is here, taken or not. */
  get newest(): number {
    return this.#subscription.cursor;
  }

  async take(): Promise<void> {
    const stop = new AbortController();
    const taking = this.#subscription.take(stop.signal);
    await settled();
    stop.abort();
    const event = await taking;
    if (event) this.taken.push(event.seq);
  }
}

/** From one number to another, both included. */
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('Subscription', () => {
  it('hands out each event once, in order, without a gap, whatever the network does', async () => {
    const start = fc.option(fc.nat(4), { nil: undefined });
    const bufferSizes = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(happenings, { maxLength: 120 }),
        bufferSizes,
        start,
        async (script, bufferSize, afterSeq) => {
          const network = new Network();
          for (let before = 0; before < 4; before++) network.append();
          const consumer = new Consumer(network, { bufferSize, afterSeq });
          for (const happening of script) {
            if (happening.what === 'take') await consumer.take();
            else if ('by' in happening) network[happening.what](happening.by);
            else network[happening.what]();
            network.foreign();
            await settled();
            const before = consumer.taken.at(-1) ?? afterSeq ?? consumer.newest;
            expect(consumer.newest - before).toBeLessThanOrEqual(bufferSize);
          }
          // Once the network is good again, everything arrives.
          network.reconnect();
          for (let rest = network.log * 4 + 10; rest > 0; rest--) {
            await settled();
            network.answer();
            network.deliver();
            await consumer.take();
          }
          const first = afterSeq === undefined ? consumer.taken[0] : afterSeq + 1;
          expect(consumer.taken).toEqual(first === undefined ? [] : range(first, network.log));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('asks for what it misses, from its last event on', async () => {
    const network = new Network();
    for (let before = 0; before < 3; before++) network.append();
    const consumer = new Consumer(network, { bufferSize: 10, afterSeq: 0 });
    network.answer();
    await settled();
    network.deliver();
    network.overtake(2);
    await settled();
    network.answer();
    expect(network.requests).toEqual([{ afterSeq: 0 }, { afterSeq: 1 }]);
    for (let rest = 4; rest > 0; rest--) {
      await settled();
      network.deliver();
      await consumer.take();
    }
    expect(consumer.taken).toEqual([1, 2, 3]);
  });
});
