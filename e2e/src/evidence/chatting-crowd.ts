import type { ThreadEvent } from '@bulkhead/client';
import { ofType } from '../run-events.ts';
import type { ChattingUser } from './chatting-user.ts';
import type { Cluster } from './cluster.ts';
import type { Evidence } from './evidence.ts';

const RECOVERY_TARGET_MS = 60_000;
/** How long a suite waits for what is late: it says so instead of hanging. */
const PATIENCE_MS = 180_000;

/** Every user chats while the work is done, and stops asking after it. */
export async function whileChatting(
  users: readonly ChattingUser[],
  work: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const thinkMs = users.length * 25;
  const chats = Promise.all(users.map((user) => user.chat(stop.signal, thinkMs)));
  chats.catch(() => undefined);
  try {
    await work();
  } finally {
    stop.abort();
  }
  await chats;
}

/** @param what ends the sentence "all runs end within 60 s …" */
export async function settle(
  evidence: Evidence,
  users: readonly ChattingUser[],
  what: string,
): Promise<void> {
  const before = performance.now();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  await Promise.all(users.map((user) => user.untilAllEnded(patience)));
  const took = Math.round(performance.now() - before);
  evidence.target(`all runs end within 60 s ${what}`, took <= RECOVERY_TARGET_MS, `${took} ms`);
}

/** Compares what the users were told with what the tool has written. */
export async function checkSideEffects(
  evidence: Evidence,
  cluster: Cluster,
  users: readonly ChattingUser[],
): Promise<void> {
  const rows = await cluster.query<{ body: string; times: number }>(
    'select text as body, count(*)::int as times from bulkhead.notes group by text',
  );
  const written = new Map(rows.map(({ body, times }) => [body, times]));
  const repeated = rows.filter(({ times }) => times > 1);
  evidence.check(
    'no side effect happens twice',
    repeated.length === 0,
    `${repeated.length} of ${rows.length}`,
  );
  const promised = users.flatMap((user) => notesToldToBeWritten(user));
  const missing = promised.filter((note) => !written.has(note));
  evidence.check(
    'every side effect that was reported has happened',
    missing.length === 0,
    `${missing.length} of ${promised.length} missing`,
  );
}

function notesToldToBeWritten({ events, accepted }: ChattingUser): string[] {
  const succeeded = (event: ThreadEvent & { data: { outcome: string } }): boolean =>
    event.data.outcome === 'succeeded';
  return ofType(events, 'tool_completed')
    .filter(succeeded)
    .flatMap(({ runId }) => accepted.get(runId) ?? []);
}

export async function checkStates(evidence: Evidence, cluster: Cluster): Promise<void> {
  const rows = await cluster.query<{ state: string; error: string | null; runs: number }>(
    `select state, error ->> 'code' as error, count(*)::int as runs from bulkhead.runs group by 1, 2`,
  );
  const others = rows.filter(({ state }) => state !== 'completed');
  evidence.check('every run is completed', others.length === 0, JSON.stringify(rows));
}
