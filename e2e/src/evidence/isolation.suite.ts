import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@bulkhead/client';
import { SimulatedIssuer } from '../simulated-issuer.ts';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery, checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { inWaves } from './in-waves.ts';

const NODES = 2;
/** Each is answered with the canary in it: about 45 events. */
const CANARY_MESSAGES = 4;
const WORDS = 300;
const SIGN_INS_AT_ONCE = 16;
const PATIENCE_MS = 1_800_000;

export const isolation: EvidenceSuite = {
  name: 'isolation',
  promise: 'Every user is sent their own events, all of them, once, and nothing of anybody else.',
  tried:
    'Ten, a hundred, and at the long size a thousand users of a cluster of two nodes chat at once, each with a secret word of their own; every event that anybody is sent is held against its owner and against what is stored.',
  async run(evidence) {
    const issuer = new SimulatedIssuer();
    const cluster = await Cluster.start(NODES, {
      ...issuer.settings,
      FRAMES_PER_MINUTE_PER_USER: '1000000',
    });
    evidence.defer(() => cluster.dispose());
    for (const users of evidence.long ? [10, 100, 1_000] : [10, 100])
      await evidence.part(`${users} users`, () => keepApart(evidence, cluster, issuer, users));
  },
};

/** Everybody at the same time, so that the runs of all users are interleaved. */
async function keepApart(
  evidence: Evidence,
  cluster: Cluster,
  issuer: SimulatedIssuer,
  users: number,
): Promise<void> {
  const crowd = await inWaves(users, SIGN_INS_AT_ONCE, (index) =>
    ChattingUser.withTokens(cluster.node(index), () => issuer.tokenFor(`user-${index}-of-${users}`), {
      keepsEvents: false,
    }),
  );
  evidence.log(`${users} users on ${NODES} nodes`);

  const wanted = users * (evidence.long ? 1_000 : 500);
  const before = performance.now();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  await Promise.all(crowd.map((user) => talk(user, wanted / users, patience)));
  const seconds = (performance.now() - before) / 1_000;
  const events = crowd.reduce((sum, { tally }) => sum + tally.count, 0);
  evidence.figure('events per second', Math.round(events / seconds));
  evidence.check(`at least ${wanted} events are sent`, events >= wanted, events);

  checkRuns(evidence, crowd);
  await checkDelivery(evidence, crowd);
  const silent = crowd.filter(({ tally }) => tally.own < 2 * CANARY_MESSAGES);
  evidence.check('everybody is sent their own canary', silent.length === 0, `${silent.length} were not`);
  const unended = crowd.filter(({ thread }) => thread.status !== 'connected');
  evidence.figure('connections that were lost meanwhile', unended.length);
  await Promise.all(crowd.map(({ thread }) => thread.close()));
}

/** Canaries first, and then as much as it takes. */
async function talk(user: ChattingUser, events: number, patience: AbortSignal): Promise<void> {
  for (let index = 1; index <= CANARY_MESSAGES; index += 1) await ask(user, canaryMessage(user, index));
  await user.untilAllEnded(patience);
  while (user.tally.count < events && !patience.aborted) {
    await ask(user, `/say ${WORDS}`);
    await user.untilAllEnded(patience);
  }
}

const canaryMessage = ({ canary }: ChattingUser, index: number): string =>
  `${canary} says for the ${index}. time: ${canary}, ${canary}`;

/** Sends a message; again, when the server says that it is too busy, as every client must. */
async function ask(user: ChattingUser, content: string): Promise<void> {
  for (;;) {
    try {
      await user.ask(content);
      return;
    } catch (error) {
      if (!(error instanceof ProblemError) || ![429, 503].includes(error.status)) throw error;
      await sleep(1_000 * (error.problem.retryAfterSeconds ?? 1));
    }
  }
}
