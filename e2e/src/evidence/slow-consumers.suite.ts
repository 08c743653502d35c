import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreadEvent } from '@bulkhead/client';
import { io, type Socket } from 'socket.io-client';
import { signUp, type Account } from '../account.ts';
import { processesIn } from '../processes.ts';
import { Server } from '../server.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { percentile } from './percentile.ts';

const USERS = 5;
/** What a paused client has before it: about three megabytes, three times what may wait for it. */
const LONG_MESSAGES = 50;
const CLOSED_WITHIN_MS = 5_000;
const PHASE_MS = 6_000;

interface Listener {
  readonly socket: Socket;
  /** Milliseconds from each event's commit to its arrival. */
  times: number[];
  lastWord: unknown;
}

export const slowConsumers: EvidenceSuite = {
  name: 'slow-consumers',
  promise:
    'A client that takes nothing in is closed, costs little until then, and is noticed by nobody else.',
  tried:
    'One client in ten stops reading in the middle of three megabytes, while the others chat and their latency is measured.',
  async run(evidence) {
    const [healthy, paused] = evidence.long ? [900, 100] : [90, 10];
    const server = await Server.start({ CONNECTIONS_PER_USER: '10000' });
    evidence.defer(() => server.dispose());
    const users = await Promise.all(Array.from({ length: USERS }, () => signUp(server)));
    const [busy, long] = [await threadsOf(users), await threadsOf(users)];
    await Promise.all(users.map((user, index) => fill(user, long[index] ?? '')));
    const open = (count: number): Promise<Listener[]> =>
      Promise.all(
        Array.from({ length: count }, (_, index) => listen(server, users[index % USERS] as Account)),
      );
    const all = [await open(healthy), await open(paused)] as const;
    evidence.defer(() => all.flat().forEach(({ socket }) => socket.disconnect()));
    await Promise.all(all[0].map((each, index) => subscribe(each, busy[index % USERS] ?? '', undefined)));

    const chat = (): Promise<number> => chatFor(users, busy, all[0]);
    await chat();
    const alone = await chat();
    const before = await residentBytes(server);
    // Not awaited: the answer would come after they are paused.
    all[1].forEach(
      (each, index) => void subscribe(each, long[index % USERS] ?? '', 0).catch(() => undefined),
    );
    await sleep(20);
    for (const { socket } of all[1]) networkOf(socket).pause();
    const pausedAt = performance.now();
    const during = chat();
    await sleep(CLOSED_WITHIN_MS - (performance.now() - pausedAt));
    const grown = ((await residentBytes(server)) - before) / 2 ** 20;
    const beside = await during;

    for (const { socket } of all[1]) networkOf(socket).resume();
    await sleep(2_000);
    const closed = all[1].filter(({ socket }) => !socket.connected);
    evidence.figure('healthy and paused clients', `${healthy} ${paused}`);
    evidence.check(
      'paused clients are closed within 5 s',
      closed.length === paused,
      `${closed.length} of ${paused}`,
    );
    const told = closed.filter(({ lastWord }) => JSON.stringify(lastWord) === '{"reason":"slow_consumer"}');
    evidence.figure('of them told slow_consumer when they read again', told.length);
    const others = all[0].filter(({ socket }) => socket.connected);
    evidence.check('nobody else is', others.length === healthy, `${others.length} of ${healthy} connected`);
    evidence.figure('resident memory grows meanwhile by', `${Math.round(grown)} MiB`);
    evidence.target(
      'at most by 1.5 MiB per paused client and 64 MiB',
      grown <= 64 + 1.5 * paused,
      `${Math.round(grown)} MiB`,
    );
    evidence.target(
      "the others' p99 stays within 1.5 times",
      beside <= 1.5 * alone,
      `${beside} ms beside them, ${alone} ms without`,
    );
  },
};

const threadsOf = (users: readonly Account[]): Promise<string[]> =>
  Promise.all(users.map(async ({ client }) => (await client.createThread()).threadId));

async function fill({ client }: Account, threadId: string): Promise<void> {
  for (let index = 0; index < LONG_MESSAGES; index += 1) {
    await client.sendMessage(threadId, { content: `/say 1 ${'long '.repeat(6_000)}` });
  }
  while (
    (await client.runs({ limit: 200 })).items.some(({ state }) => ['queued', 'running'].includes(state))
  ) {
    await sleep(250);
  }
}

async function listen(server: Server, { client }: Account): Promise<Listener> {
  const auth = { token: await client.accessToken() };
  const socket = io(server.url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
  const listener: Listener = { socket, times: [], lastWord: undefined };
  socket.onAny((name: string, payload: ThreadEvent) => {
    if (name === 'connection_closing') listener.lastWord = payload;
    else listener.times.push(Date.now() - Date.parse(payload.at));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('connect_error', reject);
  });
  return listener;
}

const subscribe = ({ socket }: Listener, threadId: string, afterSeq: number | undefined): Promise<unknown> =>
  socket
    .timeout(10_000)
    .emitWithAck('thread_subscribe', { threadId, ...(afterSeq !== undefined && { afterSeq }) });

/** Lets everybody chat for a while. @returns the p99 of the time from commit to arrival, in milliseconds */
async function chatFor(
  users: readonly Account[],
  threads: readonly string[],
  listeners: readonly Listener[],
): Promise<number> {
  for (const listener of listeners) listener.times = [];
  const end = performance.now() + PHASE_MS;
  await Promise.all(
    users.map(async ({ client }, index) => {
      while (performance.now() < end) {
        await client.sendMessage(threads[index] ?? '', { content: '/say 5' });
        await sleep(300);
      }
    }),
  );
  await sleep(1_000);
  return percentile(
    listeners.flatMap(({ times }) => times),
    99,
  );
}

/** The connection below Socket.IO: paused, it takes nothing in, and says nothing. */
function networkOf(socket: Socket): { pause(): void; resume(): void } {
  const ws = Reflect.get(socket.io.engine.transport, 'ws') as object;
  return Reflect.get(ws, '_socket') as { pause(): void; resume(): void };
}

async function residentBytes(server: Server): Promise<number> {
  const [own = ''] = (await processesIn(server.dataDir)).filter((line) => line.includes('main.js'));
  const status = await readFile(`/proc/${own.split(' ')[0]}/status`, 'utf8').catch(() => '');
  return 1_024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
