import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@bulkhead/client';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery, checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';

const NODES = 2;
/** Each is answered with the canary in it: about 45 events. */
const CANARY_MESSAGES = 4;
const PATIENCE_MS = 1_800_000;

export const isolation: EvidenceSuite = {
  name: 'isolation',
  promise: 'Every user is sent their own events, all of them, once, and nothing of anybody else.',
  tried:
    'All users of a cluster of two nodes chat at once, each with a secret word of their own; every event that anybody is sent is held against its owner and against what is stored.',
  async run(evidence) {
    const [users, words, wanted] = evidence.long ? [1_000, 820, 1_000_000] : [100, 310, 50_000];
    const cluster = await Cluster.start(NODES);
    evidence.defer(() => cluster.dispose());
    const crowd = await ChattingUser.signUpMany(users, (index) => cluster.node(index));
    evidence.defer(() => Promise.all(crowd.map(({ thread }) => thread.close())));
    evidence.log(`${users} users on ${NODES} nodes`);

    const before = performance.now();
    const patience = AbortSignal.timeout(PATIENCE_MS);
    await Promise.all(
      crowd.map(async (user) => {
        // Everybody at the same time, so that the runs of all users are interleaved.
        for (let index = 1; index <= CANARY_MESSAGES; index += 1) await ask(user, canaryMessage(user, index));
        await ask(user, `/say ${words}`);
        await user.untilAllEnded(patience);
      }),
    );
    const seconds = (performance.now() - before) / 1_000;
    const events = crowd.reduce((sum, user) => sum + user.events.length, 0);
    evidence.figure('events per second', Math.round(events / seconds));
    evidence.check(`at least ${wanted} events are sent`, events >= wanted, events);

    checkRuns(evidence, crowd);
    await checkDelivery(evidence, crowd);
    const silent = crowd.filter(
      ({ events: own, canary }) =>
        own.filter((event) => JSON.stringify(event).includes(canary)).length < 2 * CANARY_MESSAGES,
    );
    evidence.check('everybody is sent their own canary', silent.length === 0, `${silent.length} were not`);
    const unended = crowd.filter(({ thread }) => thread.status !== 'connected');
    evidence.figure('connections that were lost meanwhile', unended.length);
  },
};

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
