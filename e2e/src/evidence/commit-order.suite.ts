import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { BulkheadClient, type ThreadEvent } from '@bulkhead/client';
import { oneTo, seqsOf } from '../run-events.ts';
import { SimulatedIssuer } from '../simulated-issuer.ts';
import { SocketProbe } from '../socket-probe.ts';
import { Cluster } from './cluster.ts';
import { countLostBySerial, writeDelayed, type Written, type WrittenThread } from './delayed-writers.ts';
import type { EvidenceSuite } from './evidence-suite.ts';

const NODES = 2;
const WRITERS = 8;
/** Connections that begin to follow a thread while it is written, each from some event that is there by then. */
const LATECOMERS = 4;
const PATIENCE_MS = 60_000;

/** A connection to one thread, with all that it was sent after its cursor. */
interface Follower {
  readonly afterSeq: number;
  readonly probe: SocketProbe;
}

interface Watched extends WrittenThread {
  readonly token: string;
  readonly followers: Follower[];
}

export const commitOrder: EvidenceSuite = {
  name: 'commit-order',
  promise:
    'Whoever writes into a thread, however late it commits: every reader gets all of it, in one order.',
  tried:
    'Eight writers per thread pause before each commit and roll some back, while connections on two nodes follow from ' +
    'the first event and from random ones. The same is done to a serial number, which must lose some.',
  async run(evidence) {
    const [threads, transactions] = evidence.long ? [5, 20_000] : [4, 1_600];
    const issuer = new SimulatedIssuer();
    const cluster = await Cluster.start(NODES, issuer.settings);
    evidence.defer(() => cluster.dispose());
    const lostBySerial = await countLostBySerial(cluster.databaseUrl, WRITERS, 60);
    evidence.check(
      'a cursor on numbers that are not in commit order loses events here: a loss would be seen',
      lostBySerial > 0,
      `${lostBySerial} of ${WRITERS * 60}`,
    );

    const watched = await Promise.all(
      Array.from({ length: threads }, (_, index) => openWatched(cluster, issuer.tokenFor(`writer-${index}`))),
    );
    const each = transactions / threads / WRITERS;
    const written = await Promise.all(
      watched.map(async (thread) => {
        const writing = Promise.all(
          Array.from({ length: WRITERS }, (_, writer) =>
            writeDelayed(cluster.databaseUrl, thread, writer, each),
          ),
        );
        await Promise.all([writing, joinLate(cluster, thread)]);
        return (await writing).reduce(merge);
      }),
    );
    const committed = written.reduce((sum, { committed: texts }) => sum + texts.length, 0);
    evidence.figure('writers per thread, threads', `${WRITERS}, ${threads}`);
    evidence.figure('transactions rolled back', written.flatMap(({ rolledBack }) => rolledBack).length);
    evidence.check(`${transactions} transactions are committed`, committed === transactions, committed);

    const lastSeqs = await Promise.all(watched.map((thread) => untilQuiet(cluster, thread)));
    const followers = watched.flatMap((thread) => thread.followers);
    const misordered = watched.flatMap((thread, index) =>
      thread.followers.filter(
        ({ probe, afterSeq }) => !isWhole(probe.events, afterSeq, lastSeqs[index] ?? 0),
      ),
    );
    const received = followers.reduce((sum, { probe }) => sum + probe.events.length, 0);
    evidence.figure('events received by all connections', received);
    evidence.check(
      'every connection is sent every number after its cursor, once, in order',
      misordered.length === 0,
      `${misordered.length} of ${followers.length} connections not`,
    );
    const lost = watched.map(({ followers: [first] }, index) => countLost(first, written[index]));
    evidence.check('every committed text has arrived', sum(lost) === 0, `${sum(lost)} lost`);
    const strays = watched.map(({ followers: [first] }, index) => countStrays(first, written[index]));
    evidence.check('nothing that was rolled back has', sum(strays) === 0, `${sum(strays)} arrived`);
  },
};

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

const merge = (one: Written, other: Written): Written => ({
  committed: [...one.committed, ...other.committed],
  rolledBack: [...one.rolledBack, ...other.rolledBack],
});

/** A new thread with a run that goes on, followed from its first event on each node. */
async function openWatched(cluster: Cluster, token: string): Promise<Watched> {
  const client = await BulkheadClient.withTokens(cluster.node(0).url, () => token);
  const { threadId } = await client.createThread();
  const { runId } = await client.sendMessage(threadId, { content: '/sleep 3600000' });
  const watched = { owner: client.user.userId, threadId, runId, token, followers: [] };
  for (const node of cluster.nodes.keys()) await follow(cluster, watched, node, 0);
  return watched;
}

async function follow(cluster: Cluster, thread: Watched, node: number, afterSeq: number): Promise<void> {
  const { token, threadId } = thread;
  const probe = await SocketProbe.connect(cluster.node(node), { token, threadId, afterSeq });
  thread.followers.push({ afterSeq, probe });
}

async function joinLate(cluster: Cluster, thread: Watched): Promise<void> {
  for (let latecomer = 0; latecomer < LATECOMERS; latecomer += 1) {
    await sleep(50 + Math.random() * 400);
    const newest = thread.followers[0]?.probe.events.length ?? 0;
    await follow(cluster, thread, latecomer, Math.floor(Math.random() * newest));
  }
}

/** Waits until every connection has what is stored. @returns the number of the newest event */
async function untilQuiet(cluster: Cluster, { threadId, followers }: Watched): Promise<number> {
  const [row] = await cluster.query<{ last: number }>(
    'select last_seq::int as last from bulkhead.threads where thread_id = $1',
    [threadId],
  );
  const last = row?.last ?? 0;
  const patience = Date.now() + PATIENCE_MS;
  while (Date.now() < patience && followers.some(({ probe }) => (probe.events.at(-1)?.seq ?? 0) < last)) {
    await sleep(100);
  }
  return last;
}

const isWhole = (events: readonly ThreadEvent[], afterSeq: number, last: number): boolean =>
  isDeepStrictEqual(
    seqsOf(events),
    oneTo(last - afterSeq).map((number) => afterSeq + number),
  );

const textsOf = (follower: Follower | undefined): Set<string> =>
  new Set(
    follower?.probe.events.flatMap((event) => (event.type === 'message_delta' ? [event.data.text] : [])),
  );

function countLost(follower: Follower | undefined, written: Written | undefined): number {
  const texts = textsOf(follower);
  return written?.committed.filter((text) => !texts.has(text)).length ?? 0;
}

function countStrays(follower: Follower | undefined, written: Written | undefined): number {
  const texts = textsOf(follower);
  return written?.rolledBack.filter((text) => texts.has(text)).length ?? 0;
}
