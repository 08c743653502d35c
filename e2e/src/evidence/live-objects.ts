import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from './evidence.ts';
import type { InspectedHeap } from './inspected-heap.ts';

/** What lives as long as one unit of work or one connection, and not a moment longer. */
export const shortLived = [
  'UserContextScope',
  'UserExecutionContext',
  'UserExecutionEngine',
  'UserEventEmitter',
  'UserDatabaseSession',
  'ToolDispatcher',
  'RunJournal',
  'RunControl',
  'TextStream',
  'EventInbox',
  'Socket',
  'AbortController',
  'Timeout',
] as const;

/** V8 may hold a last object in a register or a cache until the next of its kind comes. */
const SLACK: Readonly<Record<string, number>> = { Socket: 8, AbortController: 8, Timeout: 12 };
const PATIENCE_MS = 15_000;

/** Holds that nothing is alive that was not before the work; looks again while connections still close. */
export async function checkNothingIsLeft(
  evidence: Evidence,
  heap: InspectedHeap,
  before: ReadonlyMap<string, number>,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let left = await excess(heap, before);
  while (left.size > 0 && performance.now() < deadline) {
    await sleep(1_000);
    left = await excess(heap, before);
  }
  for (const name of shortLived) {
    evidence.check(`no ${name} outlives its work`, !left.has(name), left.get(name) ?? 0);
  }
}

async function excess(
  heap: InspectedHeap,
  before: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const more = [...(await heap.count(shortLived))].map(
    ([name, count]) => [name, count - (before.get(name) ?? 0)] as const,
  );
  return new Map(more.filter(([name, count]) => count > (SLACK[name] ?? 0)));
}
