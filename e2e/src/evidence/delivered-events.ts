import type { ChattingUser } from './chatting-user.ts';
import type { Evidence } from './evidence.ts';
import { inWaves } from './in-waves.ts';

const ASKING_AT_ONCE = 16;
const total = (users: readonly ChattingUser[], count: (user: ChattingUser) => number): number =>
  users.reduce((sum, user) => sum + count(user), 0);

/** Holds what each user was sent against what the server stores and what belongs to the user. */
export async function checkDelivery(evidence: Evidence, users: readonly ChattingUser[]): Promise<void> {
  const received = total(users, ({ tally }) => tally.count);
  evidence.figure('events received', received);

  const misrouted = total(users, ({ tally }) => tally.misrouted);
  evidence.check('no user is sent an event of another', misrouted === 0, `${misrouted} of ${received}`);

  const gapped = users.filter(({ tally }) => tally.misplaced > 0);
  evidence.check(
    'every client has 1, 2, 3 … without a gap or a repetition',
    gapped.length === 0,
    `${gapped.length} clients with a gap`,
  );

  const missing = await inWaves(users.length, ASKING_AT_ONCE, (index) => countMissing(users[index]!));
  const lost = missing.reduce((sum, count) => sum + count, 0);
  evidence.check('every stored event has arrived', lost === 0, `${lost} missing`);
}

async function countMissing({ client, thread, tally }: ChattingUser): Promise<number> {
  const { lastSeq } = await client.thread(thread.threadId);
  return lastSeq - tally.count;
}

/** Holds that every promised run ended once, and that tool calls come in pairs. */
export function checkRuns(evidence: Evidence, users: readonly ChattingUser[]): void {
  const accepted = total(users, (user) => user.accepted.size);
  evidence.figure('runs accepted', accepted);
  const open = total(users, (user) => user.open.length);
  evidence.check('every accepted run comes to an end', open === 0, `${open} of ${accepted} without an end`);
  const again = users.flatMap(({ ended }) => [...ended.values()].filter((times) => times > 1));
  evidence.check('every run ends once', again.length === 0, `${again.length} ended more than once`);
  const unpaired = total(users, ({ tally }) => tally.unpaired);
  evidence.check('every tool_executing has its tool_completed', unpaired === 0, `${unpaired} without a pair`);
}
