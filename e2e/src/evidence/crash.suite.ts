import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../server.ts';
import { checkSideEffects, checkStates, settle, whileChatting } from './chatting-crowd.ts';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery, checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { wakeAfterTakeover } from './takeover.ts';

const NODES = 3;
const KILL_SPACING_MS = 5_000;
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
