import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreadEvent } from '@bulkhead/client';
import { ofType } from '../run-events.ts';
import type { Server } from '../server.ts';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery, checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { wakeAfterTakeover } from './takeover.ts';

const NODES = 3;
const KILL_SPACING_MS = 5_000;
const RECOVERY_TARGET_MS = 60_000;
/** How long the suite waits for what is late: it says so instead of hanging. */
const PATIENCE_MS = 180_000;
const DRAIN_TARGET_MS = 10_000;

export const crash: EvidenceSuite = {
  name: 'crash',
  promise: 'Nothing acknowledged is lost, and no finished side effect is repeated, when nodes die.',
  tried:
    'Nodes of three are killed by SIGKILL at random moments while 200 users have notes written, then restarted one by one under load; notes in the database are held against what users were told.',
  async run(evidence) {
    const [users, kills] = evidence.long ? [200, 50] : [200, 10];
    const cluster = await Cluster.start(NODES);
    evidence.defer(() => cluster.dispose());
    const crowd = await ChattingUser.signUpMany(users, (index) => cluster.node(index));
    evidence.defer(() => Promise.all(crowd.map(({ thread }) => thread.close())));
    evidence.log(`${users} users on ${NODES} nodes`);

    await whileChatting(crowd, async () => {
      for (let kill = 0; kill < kills; kill += 1) await killOne(cluster, evidence);
    });
    await settle(evidence, crowd, 'of the last kill');

    await whileChatting(crowd, async () => {
      for (const node of cluster.nodes) await restart(node, evidence);
    });
    await settle(evidence, crowd, 'of a rolling restart');

    checkRuns(evidence, crowd);
    await checkDelivery(evidence, crowd);
    await checkSideEffects(evidence, cluster, crowd);
    await checkStates(evidence, cluster);
    await wakeAfterTakeover(evidence);
  },
};

/** Every user chats while the work is done, and stops asking after it. */
async function whileChatting(users: readonly ChattingUser[], work: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const thinkMs = users.length * 25;
  const chats = Promise.all(users.map((user) => user.chat(stop.signal, thinkMs)));
  chats.catch(() => undefined);
  try {
    await work();
  } finally {
    stop.abort();
  }
  await chats;
}

async function killOne(cluster: Cluster, evidence: Evidence): Promise<void> {
  const spacing = sleep(KILL_SPACING_MS);
  const victim = Math.floor(Math.random() * NODES);
  await cluster.node(victim).kill();
  evidence.log(`killed node ${victim + 1}`);
  await sleep(Math.random() * 2_000);
  await cluster.node(victim).startAgain();
  await spacing;
}

async function restart(node: Server, evidence: Evidence): Promise<void> {
  const before = performance.now();
  const { code, signal } = await node.stop();
  const took = Math.round(performance.now() - before);
  evidence.check('a node that is told to stop under load exits with 0', code === 0, signal ?? `${code}`);
  evidence.target('it drains within 10 s', took <= DRAIN_TARGET_MS, `${took} ms`);
  await node.startAgain();
}

async function settle(evidence: Evidence, users: readonly ChattingUser[], what: string): Promise<void> {
  const before = performance.now();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  await Promise.all(users.map((user) => user.untilAllEnded(patience)));
  const took = Math.round(performance.now() - before);
  evidence.target(`all runs end within 60 s ${what}`, took <= RECOVERY_TARGET_MS, `${took} ms`);
}

/** Compares what the users were told with what the tool has written. */
async function checkSideEffects(
  evidence: Evidence,
  cluster: Cluster,
  users: readonly ChattingUser[],
): Promise<void> {
  const rows = await cluster.query<{ body: string; times: number }>(
    'select text as body, count(*)::int as times from bulkhead.notes group by text',
  );
  const written = new Map(rows.map(({ body, times }) => [body, times]));
  const repeated = rows.filter(({ times }) => times > 1);
  evidence.check(
    'no side effect happens twice',
    repeated.length === 0,
    `${repeated.length} of ${rows.length}`,
  );
  const promised = users.flatMap((user) => notesToldToBeWritten(user));
  const missing = promised.filter((note) => !written.has(note));
  evidence.check(
    'every side effect that was reported has happened',
    missing.length === 0,
    `${missing.length} of ${promised.length} missing`,
  );
}

function notesToldToBeWritten({ events, accepted }: ChattingUser): string[] {
  const succeeded = (event: ThreadEvent & { data: { outcome: string } }): boolean =>
    event.data.outcome === 'succeeded';
  return ofType(events, 'tool_completed')
    .filter(succeeded)
    .flatMap(({ runId }) => accepted.get(runId) ?? []);
}

async function checkStates(evidence: Evidence, cluster: Cluster): Promise<void> {
  const rows = await cluster.query<{ state: string; error: string | null; runs: number }>(
    `select state, error ->> 'code' as error, count(*)::int as runs from bulkhead.runs group by 1, 2`,
  );
  const others = rows.filter(({ state }) => state !== 'completed');
  evidence.check('every run is completed', others.length === 0, JSON.stringify(rows));
}
