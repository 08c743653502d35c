import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosProxy, type Mishap } from './chaos-proxy.ts';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery, checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';

const NODES = 2;
const STRIKES_PER_SECOND = 25;
/** How long the suite waits for what is late: it says so instead of hanging. */
const PATIENCE_MS = 120_000;
/** One in twenty is half-open: only a missing heartbeat tells the client, which takes a while. */
const mishaps: readonly Mishap[] = [
  ...new Array<Mishap>(9).fill('reset'),
  ...new Array<Mishap>(7).fill('cut in mid-frame'),
  ...new Array<Mishap>(3).fill('stall'),
  'half-open',
];

export const delivery: EvidenceSuite = {
  name: 'delivery',
  promise: 'Every event arrives once and in order, through a network that fails in every way.',
  tried:
    'Users chat through proxies that reset, cut in mid-frame, stall and half-open their connections; what each client has is compared with what is stored.',
  async run(evidence) {
    const [users, reconnects] = evidence.long ? [100, 2_000] : [40, 250];
    const cluster = await Cluster.start(NODES);
    evidence.defer(() => cluster.dispose());
    const proxies = await Promise.all(cluster.nodes.map((node) => ChaosProxy.start(node.url)));
    evidence.defer(() => Promise.all(proxies.map((proxy) => proxy.close())));
    const crowd = await ChattingUser.signUpMany(
      users,
      (index) => proxies[index % NODES] ?? cluster.node(index),
    );
    evidence.defer(() => Promise.all(crowd.map(({ thread }) => thread.close())));
    evidence.log(`${users} users behind ${NODES} proxies`);

    const counted = countReconnects(crowd);
    const stop = new AbortController();
    const chats = Promise.all(crowd.map((user) => user.chat(stop.signal, users * 10)));
    await disturb(evidence, proxies, () => counted.reconnects >= reconnects);
    stop.abort();
    await chats;
    evidence.log('the network is quiet again');
    await untilComplete(crowd);

    evidence.figure('reconnects', counted.reconnects);
    evidence.check(
      `clients reconnect ${reconnects} times`,
      counted.reconnects >= reconnects,
      counted.reconnects,
    );
    checkRuns(evidence, crowd);
    await checkDelivery(evidence, crowd);
  },
};

function countReconnects(users: readonly ChattingUser[]): { reconnects: number } {
  const counted = { reconnects: 0 };
  for (const { thread } of users) {
    thread.onStatus((status) => {
      if (status === 'connected') counted.reconnects += 1;
    });
  }
  return counted;
}

async function disturb(
  evidence: Evidence,
  proxies: readonly ChaosProxy[],
  isEnough: () => boolean,
): Promise<void> {
  const struck: Partial<Record<Mishap, number>> = {};
  const patience = Date.now() + 10 * PATIENCE_MS;
  for (let strike = 0; !isEnough() && Date.now() < patience; strike += 1) {
    const mishap = mishaps[(strike * 7) % mishaps.length] ?? 'reset';
    const wasOpen = proxies[strike % proxies.length]?.strike(mishap);
    if (wasOpen) struck[mishap] = (struck[mishap] ?? 0) + 1;
    await sleep(1_000 / STRIKES_PER_SECOND);
  }
  for (const [mishap, count] of Object.entries(struck)) evidence.figure(mishap, count);
}

/** Waits for what is still on its way: runs whose acceptance got lost, and clients that are coming back. */
async function untilComplete(users: readonly ChattingUser[]): Promise<void> {
  const patience = Date.now() + PATIENCE_MS;
  const waiting = new Set(users);
  while (waiting.size > 0 && Date.now() < patience) {
    for (const user of waiting) {
      // A request may still meet a connection that was cut.
      const thread = await user.client.thread(user.thread.threadId).catch(() => undefined);
      if (thread?.lastSeq === user.tally.count && user.open.length === 0) waiting.delete(user);
    }
    await sleep(250);
  }
}
