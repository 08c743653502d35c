import { setTimeout as sleep } from 'node:timers/promises';
import { signUp } from '../account.ts';
import { Server } from '../server.ts';
import type { Evidence } from './evidence.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { floodFromOutside, type Flood } from './flooder.ts';
import { HonestRequests } from './honest-requests.ts';
import { inspectable } from './inspected-heap.ts';
import { percentile } from './percentile.ts';
import { residentBytes } from './resident-bytes.ts';
import { WatchedLoop } from './watched-loop.ts';

const MIB = 1_048_576;
const MAX_BLOCK_MS = 250;
const MAX_GROWTH_MIB = 64;
/** Below this a factor of two says nothing, in milliseconds. */
const NEGLIGIBLE_MS = 20;

/** How many connections flood at once, and how long each rests in between, in milliseconds. */
const kinds: Readonly<Record<Flood, readonly [atOnce: number, pauseMs: number]>> = {
  'polling bodies': [3, 50],
  frames: [10, 50],
  attachments: [40, 100],
  upgrades: [20, 5],
  'unfinished bodies': [1_500, 100],
  "a user's frames": [5, 100],
  "a user's polling bodies": [3, 100],
};

interface Scene {
  readonly server: Server;
  readonly loop: WatchedLoop;
  readonly honest: HonestRequests;
  readonly flooderToken: string;
}

export const floods: EvidenceSuite = {
  name: 'floods',
  promise: 'Nobody freezes a node, with or without an account, and nobody else notices that they try.',
  tried:
    'A process of its own floods a node with packets, frames, attachments, upgrades, unfinished bodies and a user’s own ' +
    'frames, one kind after the other; the loop is watched from inside, memory from the system, and an honest user from ' +
    'another address.',
  async run(evidence) {
    const scene = await openScene(evidence);
    const durationMs = evidence.long ? 20_000 : 3_000;
    const before = percentile(await scene.honest.during(sleep(durationMs)), 95);
    evidence.figure('p95 of an honest user without floods', `${before.toFixed(1)} ms`);
    for (const flood of Object.keys(kinds) as Flood[]) {
      await evidence.part(flood, () => withstand(evidence, scene, { flood, durationMs, before }));
    }
  },
};

async function openScene(evidence: Evidence): Promise<Scene> {
  const server = await Server.start({ ...inspectable, REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000' });
  evidence.defer(() => server.dispose());
  const loop = await WatchedLoop.of(server);
  evidence.defer(() => loop.close());
  const [user, flooder] = await Promise.all([signUp(server), signUp(server)]);
  const honest = new HonestRequests(server.url, await user.client.accessToken());
  evidence.defer(() => honest.close());
  const flooderToken = await flooder.client.accessToken();
  return { server, loop, honest, flooderToken };
}

async function withstand(
  evidence: Evidence,
  { server, loop, honest, flooderToken: token }: Scene,
  { flood, durationMs, before }: { flood: Flood; durationMs: number; before: number },
): Promise<void> {
  const [atOnce, pauseMs] = kinds[flood];
  const memoryBefore = await residentBytes(server);
  let peak = memoryBefore;
  await loop.forget();
  const order = { flood, url: server.url, token, durationMs, atOnce, pauseMs };
  const flooding = floodFromOutside(order);
  const watching = watchMemory(server, flooding, (bytes) => (peak = Math.max(peak, bytes)));
  const times = await honest.during(flooding);
  await watching;
  evidence.figure('attempts', await flooding);
  const { longest, waited } = await loop.times();
  const block = Math.round(longest);
  evidence.target('the loop never stands for 250 ms', block <= MAX_BLOCK_MS, `${block} ms`);
  evidence.figure('the loop came late by at most', `${Math.round(waited)} ms`);
  const grown = Math.round((peak - memoryBefore) / MIB);
  evidence.target('memory grows by 64 MiB at most', grown <= MAX_GROWTH_MIB, `${grown} MiB`);
  const unanswered = times.filter((time) => time === Infinity).length;
  evidence.check(
    'an honest user is always answered',
    unanswered === 0,
    `${unanswered} of ${times.length} not`,
  );
  const p95 = percentile(times, 95);
  evidence.target(
    'their p95 stays within twice what it was',
    p95 <= Math.max(NEGLIGIBLE_MS, 2 * before),
    `${p95.toFixed(1)} ms`,
  );
}

async function watchMemory(
  server: Server,
  work: Promise<unknown>,
  see: (bytes: number) => void,
): Promise<void> {
  let isOver = false;
  void work.finally(() => (isOver = true));
  while (!isOver) {
    see(await residentBytes(server));
    await sleep(100);
  }
}
