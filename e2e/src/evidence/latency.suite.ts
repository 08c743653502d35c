import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from '../server.ts';
import { SimulatedIssuer } from '../simulated-issuer.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { inWaves } from './in-waves.ts';
import { median, percentile } from './percentile.ts';
import { startRawSocketIo } from './raw-socket-io.ts';
import { TimedListener } from './timed-listener.ts';

const USERS = 100;
const CONNECTING_AT_ONCE = 16;
const PHASE_MS = 6_000;
/** Between two messages of a user, on average. */
const THINK_MS = 4_000;
/** Of a run that is asked for five words. */
const EVENTS_PER_RUN = 8;
const QUIET_MS = 1_500;

interface Side {
  readonly listeners: readonly TimedListener[];
  readonly ask: (index: number) => Promise<unknown>;
  /** Of all phases but the first. */
  readonly times: number[];
}

export const latency: EvidenceSuite = {
  name: 'latency',
  promise: 'An event is with its user a moment after it is stored.',
  tried:
    'A hundred users with a connection and a thread each ask for short answers, and the time is taken from each event’s ' +
    '`at`, shortly before its commit, to its arrival. Phases take turns with a bare Socket.IO server that sends as many ' +
    'events of that size to as many connections, and does nothing else.',
  async run(evidence) {
    const rounds = evidence.long ? 8 : 2;
    const issuer = new SimulatedIssuer();
    const server = await Server.start(issuer.settings);
    evidence.defer(() => server.dispose());
    const raw = await startRawSocketIo();
    evidence.defer(() => raw.close());
    const sides = {
      bulkhead: await openThreads(server.url, issuer),
      raw: await openRaw(raw.url),
    };
    evidence.defer(() =>
      Object.values(sides).forEach((side) => side.listeners.forEach((each) => each.close())),
    );

    // The first round of each is to warm up, and counts for nothing.
    for (let round = 0; round <= rounds; round += 1) {
      for (const side of [sides.bulkhead, sides.raw]) {
        const times = await chat(side);
        if (round > 0) side.times.push(...times);
      }
    }
    evidence.figure('users', USERS);
    for (const [name, { times }] of Object.entries(sides)) {
      evidence.figure(
        name === 'raw' ? 'raw Socket.IO, sent to arrival, p50 / p99' : 'stored to arrival, p50 / p99',
        `${median(times)} / ${percentile(times, 99)} ms (${times.length} events)`,
      );
    }
    const unserved = sides.bulkhead.listeners.filter(({ isConnected }) => !isConnected);
    evidence.check(
      'every user stays connected',
      unserved.length === 0,
      `${unserved.length} of ${USERS} are not`,
    );
  },
};

async function openThreads(url: string, issuer: SimulatedIssuer): Promise<Side> {
  const listeners = await inWaves(USERS, CONNECTING_AT_ONCE, (index) =>
    TimedListener.connect(url, issuer.tokenFor(`user-${index}`)),
  );
  const threads = await Promise.all(
    listeners.map((listener) => listener.ask<{ threadId: string }>('thread_subscribe', {})),
  );
  const ask = (index: number): Promise<unknown> =>
    listeners[index]!.ask('message_send', { threadId: threads[index]?.threadId, content: '/say 5' });
  return { listeners, ask, times: [] };
}

async function openRaw(url: string): Promise<Side> {
  const listeners = await inWaves(USERS, CONNECTING_AT_ONCE, () => TimedListener.connect(url, ''));
  const ask = (index: number): Promise<unknown> => listeners[index]!.ask('ask', { events: EVENTS_PER_RUN });
  return { listeners, ask, times: [] };
}

/** Lets everybody ask now and then for a while. @returns the times of what came */
async function chat({ listeners, ask }: Side): Promise<number[]> {
  for (const listener of listeners) listener.times = [];
  const end = performance.now() + PHASE_MS;
  await Promise.all(
    listeners.map(async (_, index) => {
      for (;;) {
        await sleep(THINK_MS * 2 * Math.random());
        if (performance.now() > end) return;
        await ask(index);
      }
    }),
  );
  await sleep(QUIET_MS);
  return listeners.flatMap(({ times }) => times);
}
