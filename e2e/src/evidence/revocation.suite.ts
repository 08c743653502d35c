import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from '../http-probe.ts';
import { SimulatedIssuer } from '../simulated-issuer.ts';
import { Cluster } from './cluster.ts';
import { eagerFrames } from './eager-frames.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { percentile } from './percentile.ts';
import { WatchedConnection } from './watched-connection.ts';

const NODES = 2;
const AT_A_TIME = 5;
const TARGET_MS = 1_000;
/** How long a connection is given to end before the suite says that it does not. */
const PATIENCE_MS = 15_000;
/** How long the suite looks for what comes too late. */
const AFTERMATH_MS = 1_000;
const EAGER_FRAMES = 1_000;

interface Setup {
  readonly cluster: Cluster;
  readonly issuer: SimulatedIssuer;
  readonly admin: string;
}

/** A way to lose one's rights; each acts on the node that the connection is not on. */
const endings: Readonly<
  Record<string, (setup: Setup, victim: WatchedConnection, url: string) => Promise<number>>
> = {
  'session ended by its user': async (_setup, { token }, url) => {
    const { text } = await probe(url, { path: '/v1/sessions', token });
    const { items } = JSON.parse(text) as { items: { sessionId: string; isCurrent: boolean }[] };
    const own = items.find(({ isCurrent }) => isCurrent);
    return (await probe(url, { method: 'DELETE', path: `/v1/sessions/${own?.sessionId}`, token })).status;
  },
  'account disabled': async ({ admin }, { userId }, url) =>
    (
      await probe(url, {
        method: 'PATCH',
        path: `/v1/admin/users/${userId}`,
        token: admin,
        body: { isDisabled: true },
      })
    ).status,
  'account deleted': async ({ admin }, { userId }, url) =>
    (await probe(url, { method: 'DELETE', path: `/v1/admin/users/${userId}`, token: admin })).status,
  'roles taken away': async ({ cluster }, { userId }) => {
    await cluster.query(`update bulkhead.accounts set roles = '{}' where user_id = $1`, [userId]);
    return 200;
  },
};

export const revocation: EvidenceSuite = {
  name: 'revocation',
  promise: 'Who loses their rights on one node is served by no node a second later, and nobody else notices.',
  tried:
    'Users lose session, account or role on the node that they are not connected to, while their connection tries to go on.',
  async run(evidence) {
    const issuer = new SimulatedIssuer();
    const settings = { ...issuer.settings, LOG_LEVEL: 'error' };
    const cluster = await Cluster.start(NODES, settings);
    evidence.defer(() => cluster.dispose());
    await refuseEagerFrames(evidence, cluster, issuer);
    const setup = { cluster, issuer, admin: issuer.tokenFor('root', ['user', 'admin']) };
    const connections = await connect(evidence, setup, evidence.long ? 1_000 : 60);
    const doomed = connections.filter((_, index) => index % 5 !== 0);
    const spared = connections.filter((_, index) => index % 5 === 0);
    await endAll(evidence, setup, doomed);
    await sleep(AFTERMATH_MS);
    await checkAftermath(evidence, setup, doomed, spared);
  },
};

async function connect(
  evidence: Evidence,
  { cluster, issuer }: Setup,
  count: number,
): Promise<WatchedConnection[]> {
  const connections: WatchedConnection[] = [];
  evidence.defer(() => connections.forEach((connection) => connection.close()));
  await inTurns(
    Array.from({ length: count }, (_, index) => index),
    async (index) => {
      const token = issuer.tokenFor(`user-${index}`);
      const { url } = cluster.node(index);
      const { userId } = JSON.parse((await probe(url, { path: '/v1/me', token })).text) as { userId: string };
      connections.push(await WatchedConnection.open(url, userId, token, index));
    },
  );
  evidence.log(`${connections.length} sockets on ${NODES} nodes, each with a user of its own`);
  return connections;
}

async function endAll(evidence: Evidence, setup: Setup, doomed: readonly WatchedConnection[]): Promise<void> {
  const names = Object.keys(endings);
  const took: Record<string, number[]> = {};
  let refusedActs = 0;
  await inTurns(
    doomed.map((connection, index) => ({ connection, name: names[index % names.length] ?? '' })),
    async ({ connection, name }) => {
      const probing = connection.probe();
      const status = await endings[name]?.(setup, connection, setup.cluster.node(connection.node + 1).url);
      const actedAt = performance.now();
      if (status !== 200 && status !== 204) refusedActs += 1;
      await Promise.race([probing, sleep(PATIENCE_MS)]);
      const servedUntil = Math.max(connection.lastServedAt, connection.closedAt ?? Infinity);
      (took[name] ??= []).push(Math.max(0, servedUntil - actedAt));
    },
  );
  evidence.check('every act is accepted', refusedActs === 0, `${refusedActs} refused`);
  const open = doomed.filter(({ closedAt }) => closedAt === undefined).length;
  evidence.check('every connection of theirs is closed', open === 0, `${open} of ${doomed.length} open`);
  for (const [name, values] of Object.entries(took)) {
    evidence.figure(
      `${name}: answer to the last thing served, p50 / p99`,
      `${percentile(values, 50).toFixed(0)} / ${percentile(values, 99).toFixed(0)} ms`,
    );
  }
  const p99 = percentile(Object.values(took).flat(), 99);
  evidence.target(
    'p99 until nothing is served is at most a second',
    p99 <= TARGET_MS,
    `${p99.toFixed(0)} ms`,
  );
}

async function checkAftermath(
  evidence: Evidence,
  { cluster }: Setup,
  doomed: readonly WatchedConnection[],
  spared: readonly WatchedConnection[],
): Promise<void> {
  const late = doomed.filter(({ servedAfterEnd }) => servedAfterEnd > 0).length;
  evidence.check('nothing comes after the end', late === 0, `${late} connections`);
  const reasons = new Set(doomed.map(({ closingReason }) => closingReason));
  const isKnown = [...reasons].every((reason) => reason === 'revoked' || reason === 'role_changed');
  evidence.check('the closing says why', isKnown, [...reasons].join(', '));
  let answered = 0;
  await inTurns(doomed, async ({ token, node }) => {
    for (const { url } of [cluster.node(node), cluster.node(node + 1)]) {
      const { status } = await probe(url, { path: '/v1/threads', token });
      if (status !== 401 && status !== 403) answered += 1;
    }
  });
  evidence.check('their requests are refused on every node', answered === 0, `${answered} answered`);
  const lost = spared.filter(({ closedAt }) => closedAt !== undefined).length;
  evidence.check('nobody else is disconnected', lost === 0, `${lost} of ${spared.length}`);
}

async function refuseEagerFrames(
  evidence: Evidence,
  cluster: Cluster,
  issuer: SimulatedIssuer,
): Promise<void> {
  const { url } = cluster.node(0);
  const tokens = {
    none: undefined,
    'a made-up': 'letmein',
    'an expired': issuer.tokenFor('eager', ['user'], { exp: 1_000_000_000, iat: 999_999_000 }),
    'a stranger’s': new SimulatedIssuer().tokenFor('eager', ['user', 'admin']),
  };
  let answers = 0;
  for (const token of Object.values(tokens)) answers += await eagerFrames(url, token, EAGER_FRAMES);
  const [row] = await cluster.query<{ count: string }>('select count(*) from bulkhead.threads');
  const frames = EAGER_FRAMES * Object.keys(tokens).length;
  evidence.check(
    `of ${frames} frames sent together with a bad CONNECT no handler runs`,
    answers === 0 && row?.count === '0',
    `${answers} answers, ${row?.count} threads`,
  );
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const takeTurns = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, takeTurns));
}
