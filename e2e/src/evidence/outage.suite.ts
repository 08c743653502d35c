import { setTimeout as sleep } from 'node:timers/promises';
import { checkSideEffects, checkStates, settle, whileChatting } from './chatting-crowd.ts';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery, checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { RequestsMeanwhile } from './requests-meanwhile.ts';

const NODES = 2;
const CRASH_SPACING_MS = 4_000;
const READY_TIMEOUT_MS = 60_000;

export const outage: EvidenceSuite = {
  name: 'outage',
  promise:
    'Without its database the server says so at once, lives on, and loses nothing that it acknowledged.',
  tried:
    'The PostgreSQL of two nodes is stopped for a while, then ended by SIGKILL again and again in the middle of appends, while users have notes written and others ask; notes in the database are held against what users were told.',
  async run(evidence) {
    const [users, outageMs, crashes] = evidence.long ? [100, 30_000, 10] : [30, 6_000, 3];
    const cluster = await Cluster.start(NODES, {}, { isDurable: true });
    evidence.defer(() => cluster.dispose());
    const crowd = await ChattingUser.signUpMany(users, (index) => cluster.node(index));
    evidence.defer(() => Promise.all(crowd.map(({ thread }) => thread.close())));
    const [first] = crowd;
    if (!first) throw new Error('There is no user.');
    // Under way all the time: neither of them may end otherwise than by its answer.
    await first.ask('/say 20');
    await Promise.all(crowd.slice(0, 5).map((user) => user.ask(`/sleep ${outageMs / 2}`)));

    await whileChatting(crowd, async () => {
      await sleep(2_000);
      await stopFor(evidence, cluster, outageMs, first);
      await sleep(2_000);
    });
    await settle(evidence, crowd, 'of the outage');

    await whileChatting(crowd, async () => {
      for (let crash = 0; crash < crashes; crash += 1) {
        await sleep(CRASH_SPACING_MS);
        await cluster.database.crash();
        evidence.log('killed PostgreSQL');
        await untilReady(cluster);
      }
    });
    await settle(evidence, crowd, `of the last of ${crashes} crashes of PostgreSQL`);

    await checkLives(evidence, cluster);
    checkRuns(evidence, crowd);
    await checkDelivery(evidence, crowd);
    await checkSideEffects(evidence, cluster, crowd);
    await checkStates(evidence, cluster);
  },
};

/** Takes the database away, asks every node many things meanwhile, and gives it back. */
async function stopFor(
  evidence: Evidence,
  cluster: Cluster,
  outageMs: number,
  user: ChattingUser,
): Promise<void> {
  await cluster.database.stop();
  evidence.log(`PostgreSQL is stopped for ${outageMs / 1_000} s`);
  const requests = new RequestsMeanwhile(cluster.nodes, user);
  await requests.during(outageMs);
  await checkLives(evidence, cluster);
  cluster.database.start();
  requests.report(evidence);
  evidence.figure('ms until every node is ready again', await untilReady(cluster));
}

async function checkLives(evidence: Evidence, cluster: Cluster): Promise<void> {
  const statuses = await Promise.all(
    cluster.nodes.map(({ url }) =>
      fetch(`${url}/health/live`)
        .then(({ status }) => status)
        .catch(() => 0),
    ),
  );
  for (const [index, status] of statuses.entries()) {
    if (status !== 200)
      evidence.log(`the end of node ${index + 1}: ${cluster.node(index).output.slice(-2_000)}`);
  }
  evidence.check(
    'the processes live on',
    statuses.every((status) => status === 200),
    statuses.join(', '),
  );
}

/** @returns how long that took, in milliseconds */
async function untilReady(cluster: Cluster): Promise<number> {
  const before = performance.now();
  const isReady = async ({ url }: { readonly url: string }): Promise<boolean> =>
    (await fetch(`${url}/health/ready`)).status === 200;
  while (!(await Promise.all(cluster.nodes.map(isReady))).every(Boolean)) {
    if (performance.now() - before > READY_TIMEOUT_MS) throw new Error('The nodes do not get ready again.');
    await sleep(100);
  }
  return Math.round(performance.now() - before);
}
