import { setTimeout as sleep } from 'node:timers/promises';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery, checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { forgetConnectionsSoon, inspectable, InspectedHeap } from './inspected-heap.ts';
import { checkNothingIsLeft, countLiveObjects, settledObjects } from './live-objects.ts';
import { MixedLoad } from './mixed-load.ts';
import { slopeOf } from './slope.ts';

const MIB = 1_048_576;
const MINUTE_MS = 60_000;
const USERS = 20;
const THINK_MS = 1_000;

export const soak: EvidenceSuite = {
  name: 'soak',
  promise:
    'A server that is used for long stays as it was: no memory, no object, no event of anybody is lost.',
  tried:
    'Everything that users do, at once, for a quarter of an hour: notes, sums, long answers, failures, refusals, cancels, streams, second threads, users who come and go. The heap is measured after full collections; the slope is judged after a warm-up of a third.',
  async run(evidence) {
    const [durationMs, everyMs] = evidence.long ? [15 * MINUTE_MS, 10_000] : [45_000, 1_000];
    const cluster = await Cluster.start(1, inspectable);
    evidence.defer(() => cluster.dispose());
    const server = cluster.node(0);
    forgetConnectionsSoon();
    const heap = await InspectedHeap.of(server);
    evidence.defer(() => heap.close());
    const unused = await countLiveObjects(heap);
    await warmUp(evidence, cluster);
    const before = await settledObjects(heap, unused);

    const stop = new AbortController();
    const load = new MixedLoad(evidence, () => ChattingUser.signUp(server));
    const used = load.run(USERS, THINK_MS, stop.signal);
    used.catch(() => stop.abort());
    const points = await sampleHeap(evidence, heap, durationMs, everyMs, stop.signal);
    stop.abort();
    await used;
    evidence.figure('users, staying and passing', load.users.length);

    judgeSlope(evidence, points.slice(Math.ceil(points.length / 3)));
    checkRuns(evidence, load.users);
    await checkDelivery(evidence, load.users);
    await Promise.all(load.users.map(({ thread }) => thread.close()));
    checkNothingIsLeft(evidence, [unused, before, await settledObjects(heap, unused)]);
    await checkViolations(evidence, cluster);
  },
};

/** The first of everything loads code and fills caches that stay. */
async function warmUp(evidence: Evidence, cluster: Cluster): Promise<void> {
  const stop = new AbortController();
  const load = new MixedLoad({ sample: () => undefined }, () => ChattingUser.signUp(cluster.node(0)));
  const used = load.run(5, 100, stop.signal);
  // Heard of below: it may end before.
  used.catch(() => undefined);
  await sleep(evidence.long ? 20_000 : 8_000);
  stop.abort();
  await used;
  await Promise.all(load.users.map(({ thread }) => thread.close()));
}

/** @returns points of minutes and MiB */
async function sampleHeap(
  evidence: Evidence,
  heap: InspectedHeap,
  durationMs: number,
  everyMs: number,
  signal: AbortSignal,
): Promise<[number, number][]> {
  const begin = performance.now();
  const points: [number, number][] = [];
  while (performance.now() - begin < durationMs && !signal.aborted) {
    const used = (await heap.usedBytes()) / MIB;
    points.push([(performance.now() - begin) / MINUTE_MS, used]);
    evidence.sample('heap after a full collection, MiB', used);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return points;
}

/** Only a long run says something: in the first minute the compiler still adds code. */
function judgeSlope(evidence: Evidence, points: readonly [number, number][]): void {
  if (!evidence.long) return evidence.log('the slope of the heap is judged at the long size');
  const { value, uncertainty } = slopeOf(points);
  evidence.check(
    'the slope of the heap can not be told from zero',
    value - uncertainty <= 0,
    `${value.toFixed(3)} ± ${uncertainty.toFixed(3)} MiB a minute (95 %, ${points.length} samples)`,
  );
}

async function checkViolations(evidence: Evidence, cluster: Cluster): Promise<void> {
  const [row] = await cluster.query<{ violations: number }>(
    "select count(*)::int as violations from bulkhead.audit_log where action = 'isolation.violated'",
  );
  evidence.check('no isolation violation is written down', row?.violations === 0, row?.violations ?? '?');
}
