import type { ThreadConnection } from '@bulkhead/client';
import { openThread, signUp, type Account } from '../account.ts';
import { untilRunsEnd } from '../run-events.ts';
import { Server } from '../server.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { median } from './percentile.ts';
import { useOf } from './process-cpu.ts';

const USERS = 3;
/** Messages of a batch, all at the same place of their threads: enough for a clock that ticks every 10 ms. */
const BATCH = 30;
const QUESTION = '/say 40';
const TARGET = 1.2;

/** A place in a thread, and threads whose next message is there. */
interface Place {
  readonly nth: number;
  /** Messages of a batch that go into one thread, one after the other. */
  readonly perThread: number;
}
/** Long threads take long to make: they are asked ten times in a row, and are measured a little after their place. */
const places: readonly Place[] = [
  { nth: 5, perThread: 1 },
  { nth: 50, perThread: 5 },
  { nth: 500, perThread: 10 },
];

export const threadCost: EvidenceSuite = {
  name: 'thread-cost',
  promise: 'The 50th and the 500th message of a thread cost no more than 1.2 times the 5th.',
  tried:
    'Batches of 30 messages at the 5th, the 50th and the 500th place of their threads, which were really written, take turns; CPU time of the server and its PostgreSQL is read from the system, and medians are compared.',
  async run(evidence) {
    const rounds = evidence.long ? 15 : 5;
    const settings = { RUNS_PER_USER: '10', FRAMES_PER_MINUTE_PER_USER: '1000000' };
    const server = await Server.start(settings);
    evidence.defer(() => server.dispose());
    const users = await Promise.all(Array.from({ length: USERS }, () => signUp(server)));
    const threads = new Map<Place, ThreadConnection[]>();
    for (const place of places.slice(1)) {
      evidence.log(`writing threads of ${place.nth - 1} messages`);
      threads.set(place, await grow(server, users, place));
    }
    const cpuMs = new Map<Place, number[]>(places.map((place) => [place, []]));
    // One round to warm up, which counts for nothing.
    for (let round = 0; round <= rounds; round++) {
      for (const place of places) {
        const those = threads.get(place) ?? (await grow(server, users, place));
        const before = useOf(server.dataDir);
        await Promise.all(those.map((thread) => ask(thread, place.perThread)));
        const after = useOf(server.dataDir);
        if (!threads.has(place)) for (const thread of those) await thread.close();
        if (round === 0 || !before || !after) continue;
        const used = after.nodeCpuMs + after.postgresCpuMs - before.nodeCpuMs - before.postgresCpuMs;
        cpuMs.get(place)?.push(used / BATCH);
      }
    }
    judge(evidence, cpuMs);
  },
};

/** As many threads as a batch has of them, each as long as the place wants it. */
async function grow(
  server: Server,
  users: readonly Account[],
  { nth, perThread }: Place,
): Promise<ThreadConnection[]> {
  const threads = await Promise.all(
    Array.from({ length: BATCH / perThread }, (_, index) => openThread(server, users[index % USERS]!)),
  );
  await Promise.all(threads.map((thread) => ask(thread, nth - 1)));
  return threads;
}

/** So many messages, each when the one before it has been answered. */
async function ask(thread: ThreadConnection, messages: number): Promise<void> {
  for (let message = 0; message < messages; message++) {
    await thread.send(QUESTION);
    await untilRunsEnd(thread.events());
  }
}

function judge(evidence: Evidence, cpuMs: ReadonlyMap<Place, readonly number[]>): void {
  const [fifth, ...later] = places.map((place) => ({ ...place, ms: cpuMs.get(place) ?? [] }));
  if (!fifth || fifth.ms.length === 0) return evidence.log('there is no /proc here: nothing was measured');
  evidence.figure(`CPU of the ${fifth.nth}th message, server and database`, inMs(fifth.ms));
  for (const { nth, ms } of later) {
    evidence.figure(`CPU of the ${nth}th message`, inMs(ms));
    const factor = median(ms) / median(fifth.ms);
    const claim = `the ${nth}th message costs no more than ${TARGET} times the ${fifth.nth}th`;
    evidence.target(claim, factor <= TARGET, `${factor.toFixed(2)} times`);
  }
}

const inMs = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} ms (median of ${values.length} batches of ${BATCH}, ${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
