import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signUp, type Account } from '../account.ts';
import { Server } from '../server.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { inWaves } from './in-waves.ts';
import { inspectable } from './inspected-heap.ts';
import { percentile } from './percentile.ts';
import { residentBytes } from './resident-bytes.ts';
import { checkStalledStreams, networkBytes } from './stalled-streams.ts';
import { TimedListener } from './timed-listener.ts';

const USERS = 5;
const CONNECTING_AT_ONCE = 16;
/** What a paused client has before it: about three megabytes, three times what may wait for it. */
const LONG_MESSAGES = 50;
const LONG_MESSAGE = `/say 1 ${'long '.repeat(6_000)}`;
/** A message that is as large as one can be, and what its events come to at least, in bytes. */
const LARGEST_MESSAGE = '長'.repeat(31_000);
const LARGEST_MESSAGE_BYTES = 100_000;
const CLOSED_WITHIN_MS = 5_000;
const PHASE_MS = 5_000;
const QUIET_MS = 1_500;

const metricsToken = randomUUID();

interface Scene {
  readonly server: Server;
  readonly users: readonly Account[];
  /** A thread of each user that everybody follows. */
  readonly busy: readonly string[];
  /** One of each with much in it. */
  readonly long: readonly string[];
  readonly healthy: readonly TimedListener[];
}

/** What a round with paused clients came to. */
interface Round {
  readonly times: readonly number[];
  readonly closed: number;
  readonly told: number;
  readonly grownMib: number;
}

export const slowConsumers: EvidenceSuite = {
  name: 'slow-consumers',
  promise:
    'A client that takes nothing in is closed, costs little until then, and is noticed by nobody else.',
  tried:
    'Phases without and with a tenth of all clients that stop reading in the middle of three megabytes take turns; the ' +
    'time from commit to arrival at the others is compared over all phases, and memory is read from the system.',
  async run(evidence) {
    const [healthy, paused, rounds] = evidence.long ? [900, 100, 6] : [90, 10, 3];
    const scene = await openScene(healthy);
    evidence.defer(() => scene.server.dispose());
    evidence.defer(() => scene.healthy.forEach((each) => each.close()));
    await chat(scene);
    const undisturbed: number[][] = [];
    const besides: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      undisturbed.push(await chat(scene));
      besides.push(await chatBeside(scene, paused));
    }
    const count = paused * rounds;
    const closed = besides.reduce((sum, each) => sum + each.closed, 0);
    evidence.figure('healthy and paused clients, rounds', `${healthy} ${paused}, ${rounds}`);
    evidence.target('paused clients are closed within 5 s', closed === count, `${closed} of ${count}`);
    const told = besides.reduce((sum, each) => sum + each.told, 0);
    evidence.figure('of them told slow_consumer when they read again', told);
    const others = scene.healthy.filter(({ isConnected }) => isConnected);
    evidence.check('nobody else is', others.length === healthy, `${others.length} of ${healthy} connected`);
    const grown = Math.max(...besides.map(({ grownMib }) => Math.round(grownMib)));
    evidence.figure('resident memory grows meanwhile by at most', `${grown} MiB`);
    evidence.target(
      'at most by 1.5 MiB per paused client and 64 MiB',
      grown <= 64 + 1.5 * paused,
      `${grown} MiB`,
    );
    const disturbed = besides.flatMap(({ times }) => times);
    const [without, beside] = [percentile(undisturbed.flat(), 99), percentile(disturbed, 99)];
    evidence.figure('events that healthy clients were sent', undisturbed.flat().length + disturbed.length);
    evidence.target(
      "the others' p99 stays within 1.5 times",
      beside <= 1.5 * without,
      `${beside} ms beside them, ${without} ms without`,
    );
    const account = scene.users[0] as Account;
    const { threadId } = await account.client.createThread();
    // More than the network takes: what it takes, the server can't know to be unread.
    const messages = Math.ceil((await networkBytes()) / LARGEST_MESSAGE_BYTES);
    await fill(account, threadId, { messages, content: LARGEST_MESSAGE });
    await checkStalledStreams(evidence, scene.server, account, { threadId, metricsToken });
  },
};

async function openScene(healthy: number): Promise<Scene> {
  const server = await Server.start({
    CONNECTIONS_PER_USER: '10000',
    UNFINISHED_RUNS_PER_USER: '10000',
    METRICS_TOKEN: metricsToken,
    ...inspectable,
  });
  try {
    const users = await Promise.all(Array.from({ length: USERS }, () => signUp(server)));
    const [busy, long] = [await threadsOf(users), await threadsOf(users)];
    await Promise.all(users.map((user, index) => fill(user, long[index] ?? '')));
    const scene = { server, users, busy, long, healthy: await open(server, users, healthy) };
    await Promise.all(
      scene.healthy.map((each, index) => each.ask('thread_subscribe', { threadId: busy[index % USERS] })),
    );
    return scene;
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

const open = (server: Server, users: readonly Account[], count: number): Promise<TimedListener[]> =>
  inWaves(count, CONNECTING_AT_ONCE, async (index) =>
    TimedListener.connect(server.url, await (users[index % USERS] as Account).client.accessToken()),
  );

const threadsOf = (users: readonly Account[]): Promise<string[]> =>
  Promise.all(users.map(async ({ client }) => (await client.createThread()).threadId));

async function fill(
  { client }: Account,
  threadId: string,
  { messages, content } = { messages: LONG_MESSAGES, content: LONG_MESSAGE },
): Promise<void> {
  for (let index = 0; index < messages; index += 1) await client.sendMessage(threadId, { content });
  while (
    (await client.runs({ limit: 200 })).items.some(({ state }) => ['queued', 'running'].includes(state))
  ) {
    await sleep(250);
  }
}

/** Lets everybody chat for a while. @returns the milliseconds from commit to arrival, of all that came */
async function chat({ users, busy, healthy }: Scene): Promise<number[]> {
  for (const listener of healthy) listener.times = [];
  const end = performance.now() + PHASE_MS;
  await Promise.all(
    users.map(async ({ client }, index) => {
      while (performance.now() < end) {
        await client.sendMessage(busy[index] ?? '', { content: '/say 5' });
        await sleep(300);
      }
    }),
  );
  await sleep(QUIET_MS);
  return healthy.flatMap(({ times }) => times);
}

/** The same beside clients that stop reading. */
async function chatBeside(scene: Scene, count: number): Promise<Round> {
  const { server, users, long } = scene;
  const paused = await open(server, users, count);
  const before = await residentBytes(server);
  // Not awaited: the answer would come after they are paused.
  paused.forEach(
    (each, index) =>
      void each
        .ask('thread_subscribe', { threadId: long[index % USERS], afterSeq: 0 })
        .catch(() => undefined),
  );
  await sleep(20);
  for (const each of paused) each.pause();
  const pausedAt = performance.now();
  const during = chat(scene);
  await sleep(CLOSED_WITHIN_MS - (performance.now() - pausedAt));
  const grownMib = ((await residentBytes(server)) - before) / 2 ** 20;
  const times = await during;

  for (const each of paused) each.resume();
  await sleep(QUIET_MS);
  const closed = paused.filter(({ isConnected }) => !isConnected);
  const told = closed.filter(({ lastWord }) => JSON.stringify(lastWord) === '{"reason":"slow_consumer"}');
  for (const each of paused) each.close();
  return { times, closed: closed.length, told: told.length, grownMib };
}
