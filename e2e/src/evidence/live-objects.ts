import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from './evidence.ts';
import type { InspectedHeap } from './inspected-heap.ts';

/**
 * What lives as long as one unit of work: none of it is alive when nothing is at work and nobody is connected. Of what
 * is request-scoped Nest keeps one empty object each, which a server that was never used shows too.
 */
const ofWork = [
  'UserContextScope',
  'UserExecutionContext',
  'UserExecutionEngine',
  'UserEventEmitter',
  'UserDatabaseSession',
  'ToolDispatcher',
  'RunStore',
  'RunControl',
  'TextStream',
  'EventInbox',
] as const;

/** What the server has some of at any time; so many more than before are its pools' and its timers' own. */
const ofServer: Readonly<Record<string, number>> = { Socket: 12, AbortController: 8, Timeout: 16 };

const classes = [...ofWork, ...Object.keys(ofServer)];
const LOOK_EVERY_MS = 1_500;
/** Longer than an idle connection is kept. */
const PATIENCE_MS = 30_000;

export type LiveObjects = ReadonlyMap<string, number>;

export const countLiveObjects = (heap: InspectedHeap): Promise<LiveObjects> => heap.count(classes);

/** The counts when they have come to rest: connections close, and timers end, a little later than the work. */
export async function settledObjects(heap: InspectedHeap, unused: LiveObjects): Promise<LiveObjects> {
  const deadline = performance.now() + PATIENCE_MS;
  let counts = await countLiveObjects(heap);
  for (;;) {
    await sleep(LOOK_EVERY_MS);
    const next = await countLiveObjects(heap);
    const isSettled =
      isDeepStrictEqual(next, counts) && ofWork.every((name) => next.get(name) === unused.get(name));
    if (isSettled || performance.now() > deadline) return next;
    counts = next;
  }
}

/**
 * Holds that nothing of the work is alive, and no more of the server's own than before.
 * @param unused the counts of a server that nobody has used
 * @param before those after its first use
 */
export function checkNothingIsLeft(
  evidence: Evidence,
  [unused, before, after]: readonly [LiveObjects, LiveObjects, LiveObjects],
): void {
  for (const name of ofWork) {
    const left = (after.get(name) ?? 0) - (unused.get(name) ?? 0);
    evidence.check(`no ${name} outlives its work`, left === 0, left);
  }
  for (const [name, slack] of Object.entries(ofServer)) {
    const [had, has] = [before.get(name) ?? 0, after.get(name) ?? 0];
    evidence.check(`no ${name} piles up`, has <= had + slack, `${has}, before ${had}`);
  }
}
