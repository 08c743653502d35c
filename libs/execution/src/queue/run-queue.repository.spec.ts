import { randomUUID } from 'node:crypto';
import { asQueueRole, literalOf, openPool, runs, threads } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import type pg from 'pg';
import { enterQueue, leaveQueue, RunQueueRepository, type ClaimedRun } from './run-queue.repository.ts';

const LIMIT = 3;
const LEASE_MS = 4_000;

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await openTestDatabase();
  pool = openPool(database.database.engineUrl);
  // The pool is not done closing its connections when it says so, and then the database stops.
  pool.on('error', () => undefined);
});
afterEach(() => pool.query('delete from bulkhead.run_queue'));
afterAll(async () => {
  await pool.end();
  await database.close();
});

const nodeOf = (nodeId: string) =>
  new RunQueueRepository(pool, { nodeId, runsPerUser: LIMIT, leaseMs: LEASE_MS });
const idsOf = (claimed: readonly ClaimedRun[]) => claimed.map(({ runId }) => runId);

/** Queues a run of the user, in a thread of its own unless one is given. @returns the run's id */
async function queue(identity: Identity, threadId: string = randomUUID()): Promise<string> {
  const context = aContext(identity).on({ threadId }).build();
  const { runId, userId } = context;
  await database.transactions.run(context, async ({ db, atCommit }) => {
    await db.insert(threads).values({ threadId, userId }).onConflictDoNothing();
    await db.insert(runs).values({ runId, userId, threadId, agentName: 'assistant', state: 'queued' });
    atCommit(asQueueRole(enterQueue(context, JSON.stringify({ runId }))));
  });
  return runId;
}
const leave = (runId: string) => database.asAdmin((admin) => admin.query(leaveQueue(runId)(literalOf)));
const each = <R>(count: number, work: () => Promise<R>) => Promise.all(Array.from({ length: count }, work));
/** As if the node had not been heard of for so long. */
const silence = (nodeId: string, ms: number) =>
  database.asAdmin((admin) =>
    admin.query(`update bulkhead.nodes set heard_at = now() - $2 * interval '1 ms' where node_id = $1`, [
      nodeId,
      ms,
    ]),
  );

describe('claims of several nodes', () => {
  it('never give a user more runs than the limit, however many nodes ask at once', async () => {
    const ada = await database.signUp();
    await each(20, () => queue(ada));
    const nodes = ['a', 'b', 'c', 'd'].map(nodeOf);
    const rounds = await Promise.all(
      nodes.flatMap((node) => Array.from({ length: 5 }, () => node.claim(randomUUID(), 10))),
    );
    const first = rounds.flatMap(idsOf);
    expect(first).toHaveLength(LIMIT);
    await leave(first[0]!);
    const second = (await Promise.all(nodes.map((node) => node.claim(randomUUID(), 10)))).flatMap(idsOf);
    expect(second).toHaveLength(1);
    expect(first).not.toContain(second[0]);
  });

  it('obey the limit of a user who has one of their own', async () => {
    const ada = await database.signUp();
    await each(6, () => queue(ada));
    await pool.query('insert into bulkhead.run_limits (user_id, running) values ($1, 5)', [ada.userId]);
    expect(await nodeOf('a').claim(randomUUID(), 10)).toHaveLength(5);
  });

  it('serve a user who has just come before the rest of one who has queued many', async () => {
    const [ada, ben] = [await database.signUp(), await database.signUp()];
    await each(30, () => queue(ada));
    const [taken = ''] = idsOf(await nodeOf('a').claim(randomUUID(), 1));
    const late = await queue(ben);
    expect(idsOf(await nodeOf('b').claim(randomUUID(), 1))).toEqual([late]);
    expect(taken).not.toBe(late);
  });

  it('take the runs of a thread one after the other, and leave the rest of the limit to other threads', async () => {
    const ada = await database.signUp();
    const threadId = randomUUID();
    const inThread = [await queue(ada, threadId), await queue(ada, threadId), await queue(ada, threadId)];
    const others = [await queue(ada), await queue(ada), await queue(ada)];
    const node = nodeOf('a');
    expect(idsOf(await node.claim(randomUUID(), 10)).sort()).toEqual(
      [inThread[0]!, ...others.slice(0, 2)].sort(),
    );
    expect(await node.claim(randomUUID(), 10)).toEqual([]);
    await leave(inThread[0]!);
    expect(idsOf(await node.claim(randomUUID(), 10))).toEqual([inThread[1]]);
  });

  it('let the next of a thread come forward when one in the middle leaves', async () => {
    const ada = await database.signUp();
    const threadId = randomUUID();
    const [first, second, third] = [
      await queue(ada, threadId),
      await queue(ada, threadId),
      await queue(ada, threadId),
    ];
    await leave(second);
    await leave(first);
    expect(idsOf(await nodeOf('a').claim(randomUUID(), 10))).toEqual([third]);
  });
});

describe('the runs of a node', () => {
  it('are taken over under a new epoch when it is not heard of any more, and it is told when it comes back', async () => {
    const ada = await database.signUp();
    const runId = await queue(ada);
    const [frozen, other] = [nodeOf('frozen'), nodeOf('other')];
    const { claimed } = await frozen.beat(randomUUID(), [], 10);
    expect(claimed).toMatchObject([{ runId, epoch: 1 }]);
    await other.beat(randomUUID(), [], 0);
    await silence('frozen', LEASE_MS + 1);
    expect((await other.beat(randomUUID(), [], 10)).claimed).toMatchObject([{ runId, epoch: 2 }]);
    expect(await frozen.beat(randomUUID(), claimed, 10)).toEqual({
      lost: [{ runId, epoch: 1 }],
      claimed: [],
    });
  });

  it('are taken over sooner when its session is gone as well, and not while that is there', async () => {
    const ada = await database.signUp();
    const runId = await queue(ada);
    const [quiet, other] = [nodeOf('quiet'), nodeOf('other-2')];
    await quiet.beat(randomUUID(), [], 10);
    await other.beat(randomUUID(), [], 0);
    const session = await pool.connect();
    await session.query(`select pg_advisory_lock(hashtextextended('bulkhead node quiet', 0))`);
    await silence('quiet', 2_500);
    expect((await other.beat(randomUUID(), [], 10)).claimed).toEqual([]);
    await session.query('select pg_advisory_unlock_all()');
    session.release();
    expect((await other.beat(randomUUID(), [], 10)).claimed).toMatchObject([{ runId, epoch: 2 }]);
  });

  it('stay its own when the judge was away itself, as after an outage of the database', async () => {
    const ada = await database.signUp();
    await queue(ada);
    const [quiet, judge] = [nodeOf('quiet-2'), nodeOf('judge')];
    await quiet.beat(randomUUID(), [], 10);
    await judge.beat(randomUUID(), [], 0);
    await silence('quiet-2', 60_000);
    await silence('judge', 60_000);
    expect((await judge.beat(randomUUID(), [], 10)).claimed).toEqual([]);
  });

  it('are others’ at once when it gives them back, and later when it puts one off', async () => {
    const ada = await database.signUp();
    const ids = [await queue(ada), await queue(ada)];
    const [leaving, other] = [nodeOf('leaving'), nodeOf('other-3')];
    const [first] = await leaving.claim(randomUUID(), 1);
    await leaving.putOff(first!, 60);
    await leaving.claim(randomUUID(), 1);
    await leaving.giveBack();
    expect(idsOf(await other.claim(randomUUID(), 10))).toEqual(ids.filter((id) => id !== first!.runId));
  });

  it('count the nodes that were lost with them, and not those that gave them back', async () => {
    const ada = await database.signUp();
    await queue(ada);
    const [lost, other] = [nodeOf('lost'), nodeOf('other-4')];
    await lost.beat(randomUUID(), [], 10);
    await other.beat(randomUUID(), [], 0);
    await silence('lost', LEASE_MS + 1);
    expect((await other.beat(randomUUID(), [], 10)).claimed).toMatchObject([{ interruptions: 1 }]);
    await other.giveBack();
    expect(await other.claim(randomUUID(), 10)).toMatchObject([{ interruptions: 1 }]);
    await other.giveBackLost();
    expect(await other.claim(randomUUID(), 10)).toMatchObject([{ interruptions: 2 }]);
  });

  it('begin one by one on each node when two nodes were lost with each of them', async () => {
    const users = await each(3, () => database.signUp());
    const suspects = await Promise.all(users.map((user) => queue(user)));
    const fresh = await queue(await database.signUp());
    await pool.query('update bulkhead.run_queue set interruptions = 2 where run_id = any ($1)', [suspects]);
    const [first, second] = [nodeOf('first'), nodeOf('second')];
    const taken = idsOf(await first.claim(randomUUID(), 10));
    expect(taken.filter((id) => suspects.includes(id))).toHaveLength(1);
    expect(taken).toContain(fresh);
    expect(await first.claim(randomUUID(), 10)).toEqual([]);
    expect(await second.claim(randomUUID(), 10)).toHaveLength(1);
    await pool.query(`update bulkhead.run_queue set claimed_at = now() - interval '2 minutes'`);
    expect(await first.claim(randomUUID(), 10)).toHaveLength(1);
  });

  it('that were begun in a format that no node reads are given to any, which is told the format', async () => {
    const ada = await database.signUp();
    const runId = await queue(ada);
    await database.asAdmin((admin) =>
      admin.query(`update bulkhead.run_queue set step_format = 'future', epoch = 1 where run_id = $1`, [
        runId,
      ]),
    );
    await pool.query(
      `insert into bulkhead.nodes (node_id, step_formats) values ('newer', '{future}')
       on conflict (node_id) do update set heard_at = now()`,
    );
    const node = nodeOf('older');
    expect(await node.claim(randomUUID(), 10)).toEqual([]);
    await silence('newer', 120_000);
    expect(await node.claim(randomUUID(), 10)).toMatchObject([{ runId, epoch: 2, stepFormat: 'future' }]);
  });
});
