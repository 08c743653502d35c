import { setTimeout as sleep } from 'node:timers/promises';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { median, percentile } from './percentile.ts';

const NODES = 3;
const LIMIT = 5;
const SAMPLE_EVERY_MS = 10;

export const fairness: EvidenceSuite = {
  name: 'fairness',
  promise:
    'A user has so many running runs over all nodes and not one more, and delays nobody else by asking for a thousand.',
  tried:
    'A hundred runs of one user are started over three nodes and counted in the database; then others start runs beside a user with a thousand queued ones.',
  async run(evidence) {
    const cluster = await Cluster.start(NODES, {
      RUNS_PER_USER: String(LIMIT),
      UNFINISHED_RUNS_PER_USER: '5000',
    });
    evidence.defer(() => cluster.dispose());
    await stayQuiet(evidence, cluster);
    await holdTheLimit(evidence, cluster);
    await startAsIfAlone(evidence, cluster);
  },
};

/** What nodes that nobody uses ask of the database. */
async function stayQuiet(evidence: Evidence, cluster: Cluster): Promise<void> {
  const seconds = evidence.long ? 30 : 8;
  await sleep(2_000);
  const before = await committed(cluster);
  await sleep(seconds * 1_000);
  const rate = ((await committed(cluster)) - before) / seconds / NODES;
  evidence.target('an idle node makes at most 20 transactions a second', rate <= 20, rate.toFixed(1));
}

async function committed(cluster: Cluster): Promise<number> {
  const [row] = await cluster.query<{ done: number }>(
    'select (xact_commit + xact_rollback)::float8 as done from pg_stat_database where datname = current_database()',
  );
  return row?.done ?? 0;
}

/** How long one empty round trip to the database takes. */
async function roundTripMs(cluster: Cluster): Promise<number> {
  const took: number[] = [];
  for (let trip = 0; trip < 200; trip += 1) {
    const before = performance.now();
    await cluster.query('select 1');
    took.push(performance.now() - before);
  }
  return median(took);
}

/** A hundred starts at once, over every node. */
async function holdTheLimit(evidence: Evidence, cluster: Cluster): Promise<void> {
  const starts = 100;
  const user = await ChattingUser.signUp(cluster.node(0));
  evidence.defer(() => user.thread.close());
  const watch = new RunningRuns(cluster, user.client.user.userId);
  await Promise.all(Array.from({ length: starts }, (_, index) => startElsewhere(cluster, user, index)));
  while ((await watch.unfinished()) > 0) await sleep(100);
  const { most, samples } = await watch.stop();
  evidence.check(
    `exactly ${LIMIT} of ${starts} runs are running at a time`,
    most === LIMIT,
    `${most} at most, in ${samples} samples`,
  );
  const overlap = await mostOverlapping(cluster, user.client.user.userId);
  evidence.check(`never more by what the runs' own times say`, overlap <= LIMIT, `${overlap} at most`);
}

/** In a thread of its own: a thread takes its runs one after the other. */
async function startElsewhere(cluster: Cluster, user: ChattingUser, index: number): Promise<void> {
  const token = await user.client.accessToken();
  const { threadId } = await user.client.createThread();
  for (;;) {
    const response = await fetch(`${cluster.node(index).url}/v1/threads/${threadId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: '/sleep 300' }),
    });
    if (response.ok) return;
    // A busy server says that it has stored nothing, and when to come back.
    if (response.status !== 503) throw new Error(`A start was refused: ${await response.text()}`);
    await sleep(Number(response.headers.get('retry-after') ?? 1) * 1_000);
  }
}

/** Looks again and again how many runs of a user are running. */
class RunningRuns {
  #most = 0;
  #samples = 0;
  #isStopped = false;
  readonly #watching: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly userId: string,
  ) {
    this.#watching = this.#watch();
    this.#watching.catch(() => undefined);
  }

  async unfinished(): Promise<number> {
    return (await this.#count(['queued', 'running'])) ?? 0;
  }

  async stop(): Promise<{ most: number; samples: number }> {
    this.#isStopped = true;
    await this.#watching;
    return { most: this.#most, samples: this.#samples };
  }

  async #watch(): Promise<void> {
    while (!this.#isStopped) {
      this.#most = Math.max(this.#most, await this.#count(['running']));
      this.#samples += 1;
      await sleep(SAMPLE_EVERY_MS);
    }
  }

  async #count(states: readonly string[]): Promise<number> {
    const [row] = await this.cluster.query<{ runs: number }>(
      'select count(*)::int as runs from bulkhead.runs where user_id = $1 and state = any($2)',
      [this.userId, states],
    );
    return row?.runs ?? 0;
  }
}

async function mostOverlapping(cluster: Cluster, userId: string): Promise<number> {
  const rows = await cluster.query<{ most: number }>(
    `select max(running)::int as most from (
       select sum(step) over (order by at, step) as running from (
         select started_at as at, 1 as step from bulkhead.runs where user_id = $1
         union all select finished_at, -1 from bulkhead.runs where user_id = $1
       ) steps
     ) counts`,
    [userId],
  );
  return rows[0]?.most ?? 0;
}

/** How long first runs of others take to start, without a flood and with one. */
async function startAsIfAlone(evidence: Evidence, cluster: Cluster): Promise<void> {
  const [probes, flood] = evidence.long ? [60, 2_000] : [20, 1_000];
  const flooder = await ChattingUser.signUp(cluster.node(0));
  evidence.defer(() => flooder.thread.close());
  const others = await ChattingUser.signUpMany(2 * probes, (index) => cluster.node(index));
  evidence.defer(() => Promise.all(others.map(({ thread }) => thread.close())));

  const alone = await startsOf(others.slice(0, probes));
  const threads = await Promise.all(Array.from({ length: 20 }, () => flooder.client.createThread()));
  await Promise.all(
    threads.map(async ({ threadId }) => {
      for (let sent = 0; sent < flood / threads.length; sent += 1) {
        await flooder.client.sendMessage(threadId, { content: '/sleep 400' });
      }
    }),
  );
  const beside = await startsOf(others.slice(probes));
  const [row] = await cluster.query<{ runs: number }>(
    "select count(*)::int as runs from bulkhead.runs where user_id = $1 and state = 'queued'",
    [flooder.client.user.userId],
  );
  evidence.check(
    'the flood outlasts the measurement',
    (row?.runs ?? 0) > 0,
    `${row?.runs ?? 0} of ${flood} runs still queued`,
  );
  evidence.figure('accept to start alone, p50 / p95', `${median(alone)} / ${percentile(alone, 95)} ms`);
  evidence.figure(
    `accept to start beside ${flood} queued runs, p50 / p95`,
    `${median(beside)} / ${percentile(beside, 95)} ms`,
  );
  const floor = await roundTripMs(cluster);
  evidence.figure('floor, one empty round trip to the database, p50', `${floor.toFixed(2)} ms`);
  evidence.target('an accepted run starts within 40 ms (p50)', median(alone) <= 40, `${median(alone)} ms`);
  const ratio = median(beside) / median(alone);
  evidence.target(
    "another user's first run starts as if alone (at most 1.5 times as late)",
    ratio <= 1.5,
    ratio.toFixed(2),
  );
}

/** The milliseconds from acceptance to start of a first run of each, one user after the other. */
async function startsOf(users: readonly ChattingUser[]): Promise<number[]> {
  const took: number[] = [];
  for (const user of users) {
    const runId = await user.ask('/say 1');
    await user.untilAllEnded();
    const { createdAt, startedAt = '' } = await user.client.run(runId ?? '');
    took.push(Date.parse(startedAt) - Date.parse(createdAt));
  }
  return took;
}
