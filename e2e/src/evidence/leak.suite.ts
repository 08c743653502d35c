import { ChattingUser } from './chatting-user.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { forgetConnectionsSoon, inspectable, InspectedHeap } from './inspected-heap.ts';
import { checkNothingIsLeft, countLiveObjects, settledObjects } from './live-objects.ts';
import { Server } from '../server.ts';

const USERS = 20;
const MIB = 1_048_576;
const TOLERANCE = 0.05;

export const leak: EvidenceSuite = {
  name: 'leak',
  promise: 'Memory does not grow with the number of runs: what a run needs is gone when it has ended.',
  tried:
    'Thousands of runs with a tool call, of users who connect before and leave after; the heap is measured over the inspector after full collections.',
  async run(evidence) {
    const [warmUp, runs] = evidence.long ? [2_000, 18_000] : [1_000, 1_000];
    const server = await Server.start({ ...inspectable, ACCESS_TOKEN_TTL_SECONDS: '86400' });
    evidence.defer(() => server.dispose());
    forgetConnectionsSoon();
    const heap = await InspectedHeap.of(server);
    evidence.defer(() => heap.close());
    const unused = await countLiveObjects(heap);

    await load(evidence, server, heap, warmUp);
    const before = await settledObjects(heap, unused);
    const baseline = await heap.usedBytes();
    await load(evidence, server, heap, runs);
    const left = await settledObjects(heap, unused);
    const after = await heap.usedBytes();
    const growth = after / baseline - 1;
    evidence.check(
      `the heap after ${runs} more runs is within 5 % of the baseline`,
      growth <= TOLERANCE,
      `${(baseline / MIB).toFixed(1)} MiB, then ${(after / MIB).toFixed(1)} MiB: ${(growth * 100).toFixed(1)} %`,
    );
    checkNothingIsLeft(evidence, [unused, before, left]);
  },
};

/** So many runs, each with a tool call, of users who connect before and leave after. */
async function load(evidence: Evidence, server: Server, heap: InspectedHeap, runs: number): Promise<void> {
  const users = await ChattingUser.signUpMany(USERS, () => server);
  const numbers = Array.from({ length: runs }, (_, index) => index).values();
  await Promise.all(
    users.map(async (user) => {
      for (const number of numbers) {
        await user.ask(`What is ${number} * 43?`);
        await user.untilAllEnded();
        if (number % 250 === 0) evidence.sample('heap MiB', (await heap.usedBytes()) / MIB);
      }
      await user.thread.close();
    }),
  );
}
