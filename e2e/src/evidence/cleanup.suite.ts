import { setTimeout as sleep } from 'node:timers/promises';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { forgetConnectionsSoon, inspectable, InspectedHeap } from './inspected-heap.ts';
import { checkNothingIsLeft, countLiveObjects, settledObjects, type LiveObjects } from './live-objects.ts';

const RUN_TIMEOUT_SECONDS = 2;

/** Every way in which a unit of work ends. */
const exits: Readonly<Record<string, (user: ChattingUser) => Promise<unknown>>> = {
  success: (user) => user.ask('What is 6 * 7?'),
  'a failing model': (user) => user.ask('/fail'),
  'a failing tool': (user) => user.ask('/tool calculator {"expression":"1/0/"}'),
  'a tool that is not there': (user) => user.ask('/tool absent {}'),
  'a timeout': (user) => user.ask('/sleep 60000'),
  'a refused message': (user) => user.thread.send('').catch(() => undefined),
  async 'a cancel'(user) {
    const runId = await user.ask('/sleep 60000');
    if (runId !== undefined) await user.thread.cancel(runId);
  },
  async 'a stream that is left'(user) {
    const left = new AbortController();
    const runId = (await user.ask('/say 300')) ?? '';
    for await (const { type } of user.client.followRun(runId, { signal: left.signal })) {
      if (type === 'message_delta') break;
    }
    left.abort();
  },
  async 'a disconnect in the middle'(user) {
    const other = await user.another();
    await other.ask('/say 300');
    await other.thread.close();
  },
};

export const cleanup: EvidenceSuite = {
  name: 'cleanup',
  promise:
    'Whatever way a unit of work ends, nothing of it stays: no object, timer, connection, lock or transaction.',
  tried:
    'Every way in which a unit of work ends, for many users; then live objects are counted by class in a heap snapshot, and locks and transactions in the database.',
  async run(evidence) {
    const users = evidence.long ? 100 : 20;
    const cluster = await Cluster.start(1, {
      ...inspectable,
      RUN_TIMEOUT_SECONDS: String(RUN_TIMEOUT_SECONDS),
    });
    evidence.defer(() => cluster.dispose());
    forgetConnectionsSoon();
    const heap = await InspectedHeap.of(cluster.node(0));
    evidence.defer(() => heap.close());
    const unused = await countLiveObjects(heap);
    // The first of everything loads code and fills caches that stay.
    await everyExit(cluster, 3);
    const before = await settledObjects(heap, unused);
    const locksBefore = await countLocks(cluster);

    await seeWhatIsAlive(evidence, cluster, heap, before);
    const crowd = await everyExit(cluster, users);
    checkRuns(evidence, crowd);
    checkNothingIsLeft(evidence, [unused, before, await settledObjects(heap, unused)]);
    await checkDatabase(evidence, cluster, locksBefore);
  },
};

/** A count that is always the same would prove nothing. */
async function seeWhatIsAlive(
  evidence: Evidence,
  cluster: Cluster,
  heap: InspectedHeap,
  before: LiveObjects,
): Promise<void> {
  const user = await ChattingUser.signUp(cluster.node(0));
  const runId = (await user.ask('/sleep 60000')) ?? '';
  while (!user.events.some(({ type }) => type === 'agent_thinking')) await sleep(20);
  const during = await countLiveObjects(heap);
  await user.thread.cancel(runId);
  await user.untilAllEnded();
  await user.thread.close();
  const more = (name: string): number => (during.get(name) ?? 0) - (before.get(name) ?? 0);
  const seen = ['UserContextScope', 'UserExecutionEngine', 'Socket'].filter((name) => more(name) > 0);
  evidence.check('a run at work is seen in the counts', seen.length === 3, seen.join(', '));
}

/** All exits for each of so many new users, who then leave. */
async function everyExit(cluster: Cluster, users: number): Promise<readonly ChattingUser[]> {
  const crowd = await ChattingUser.signUpMany(users, () => cluster.node(0));
  await Promise.all(
    crowd.map(async (user) => {
      for (const exit of Object.values(exits)) await exit(user);
      await user.untilAllEnded();
      await user.thread.close();
    }),
  );
  while ((await countUnfinished(cluster)) > 0) await sleep(100);
  return crowd;
}

async function countUnfinished(cluster: Cluster): Promise<number> {
  const [row] = await cluster.query<{ runs: number }>(
    "select count(*)::int as runs from bulkhead.runs where state in ('queued', 'running', 'waiting')",
  );
  return row?.runs ?? 0;
}

async function countLocks(cluster: Cluster): Promise<number> {
  const [row] = await cluster.query<{ locks: number }>(
    "select count(*)::int as locks from pg_locks where locktype = 'advisory'",
  );
  return row?.locks ?? 0;
}

async function checkDatabase(evidence: Evidence, cluster: Cluster, locksBefore: number): Promise<void> {
  const locks = await countLocks(cluster);
  evidence.check('no advisory lock is left', locks <= locksBefore, `${locks}, before ${locksBefore}`);
  const [row] = await cluster.query<{ open: number }>(
    `select count(*)::int as open from pg_stat_activity
     where state like 'idle in transaction%' and state_change < now() - interval '2 seconds'`,
  );
  evidence.check('no transaction is left open', row?.open === 0, row?.open ?? '?');
}
