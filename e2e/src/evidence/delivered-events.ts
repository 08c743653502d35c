import { isDeepStrictEqual } from 'node:util';
import type { ThreadEvent } from '@bulkhead/client';
import { ofType, oneTo, seqsOf } from '../run-events.ts';
import type { ChattingUser } from './chatting-user.ts';
import type { Evidence } from './evidence.ts';

const canaryPattern = /canary-[0-9a-f-]{36}/g;

/** Holds what each user was sent against what the server stores and what belongs to the user. */
export async function checkDelivery(evidence: Evidence, users: readonly ChattingUser[]): Promise<void> {
  const received = users.reduce((sum, { events }) => sum + events.length, 0);
  evidence.figure('events received', received);

  const misrouted = users.flatMap((user) => user.events.filter((event) => !belongsTo(event, user)));
  evidence.check(
    'no user is sent an event of another',
    misrouted.length === 0,
    `${misrouted.length} of ${received}`,
  );

  const gapped = users.filter(({ events }) => !isDeepStrictEqual(seqsOf(events), oneTo(events.length)));
  evidence.check(
    'every client has 1, 2, 3 … without a gap or a repetition',
    gapped.length === 0,
    `${gapped.length} clients with a gap`,
  );

  const missing = await Promise.all(users.map(countMissing));
  const lost = missing.reduce((sum, count) => sum + count, 0);
  evidence.check('every stored event has arrived', lost === 0, `${lost} missing`);
}

/** Whether an event is of the user's thread, and names nobody else's secret. */
function belongsTo(event: ThreadEvent, user: ChattingUser): boolean {
  const named = JSON.stringify(event).match(canaryPattern) ?? [];
  return event.threadId === user.thread.threadId && named.every((canary) => canary === user.canary);
}

async function countMissing({ client, thread, events }: ChattingUser): Promise<number> {
  const { lastSeq } = await client.thread(thread.threadId);
  return lastSeq - events.length;
}

/** Holds that every promised run ended once, and that tool calls come in pairs. */
export function checkRuns(evidence: Evidence, users: readonly ChattingUser[]): void {
  const accepted = users.reduce((sum, user) => sum + user.accepted.size, 0);
  evidence.figure('runs accepted', accepted);
  const open = users.reduce((sum, user) => sum + user.open.length, 0);
  evidence.check('every accepted run comes to an end', open === 0, `${open} of ${accepted} without an end`);
  const again = users.flatMap(({ ended }) => [...ended.values()].filter((times) => times > 1));
  evidence.check('every run ends once', again.length === 0, `${again.length} ended more than once`);
  const unpaired = users.reduce((sum, { events }) => sum + countUnpaired(events), 0);
  evidence.check('every tool_executing has its tool_completed', unpaired === 0, `${unpaired} without a pair`);
}

function countUnpaired(events: readonly ThreadEvent[]): number {
  const key = (event: { runId: string; data: { toolCallId: string } }): string =>
    `${event.runId} ${event.data.toolCallId}`;
  const begun = new Set(ofType(events, 'tool_executing').map(key));
  const completed = ofType(events, 'tool_completed').map(key);
  return new Set([...begun, ...completed]).size * 2 - begun.size - completed.length;
}
