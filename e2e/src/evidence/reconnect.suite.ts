import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedIssuer } from '../simulated-issuer.ts';
import { SocketProbe } from '../socket-probe.ts';
import { ChaosProxy } from './chaos-proxy.ts';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkDelivery } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { inWaves } from './in-waves.ts';
import { median, percentile } from './percentile.ts';

const SIGN_INS_AT_ONCE = 16;
/** Stored for each client while nobody can send it to them. */
const EVENTS_MISSED = 20;
/** As the server counts by default. */
const CONNECTIONS_PER_USER = 20;
const COUNTED_AFTER_MS = 1_000;
const TARGET_MS = 10_000;
const PATIENCE_MS = 120_000;

export const reconnect: EvidenceSuite = {
  name: 'reconnect',
  promise:
    'When a node dies, all of its clients are served by another one within seconds, with all they missed.',
  tried:
    'Clients of one node, behind one address, have events before them that they were not sent. The node is killed, all ' +
    'of them come to another node at once, and the time is taken until the last one has its last event.',
  async run(evidence) {
    const count = evidence.long ? 1_000 : 300;
    const issuer = new SimulatedIssuer();
    const cluster = await Cluster.start(2, issuer.settings);
    evidence.defer(() => cluster.dispose());
    const [dying, surviving] = [cluster.node(0), cluster.node(1)];
    const door = await ChaosProxy.start(dying.url);
    evidence.defer(() => door.close());
    const crowd = await inWaves(count, SIGN_INS_AT_ONCE, (index) =>
      ChattingUser.withTokens(door, () => issuer.tokenFor(`client-${index}`)),
    );
    evidence.defer(() => Promise.all(crowd.map(({ thread }) => thread.close())));
    evidence.figure('clients', count);

    await checkCount(evidence, cluster, issuer.tokenFor('busybody'));

    // It keeps their connections, and is in no state to send anything.
    dying.freeze();
    await storeEvents(cluster);
    const early = crowd.filter(({ tally }) => tally.count > 0);
    evidence.check('nobody has them before', early.length === 0, `${early.length} have`);
    door.leadTo(surviving.url);
    const caughtUp = timesUntilCaughtUp(crowd);
    await dying.kill();

    const times = await caughtUp;
    const late = times.filter((ms) => ms >= PATIENCE_MS).length;
    evidence.check('all of them are caught up', late === 0, `${late} of ${count} not`);
    evidence.figure('caught up after, p50 / p99', `${median(times)} / ${percentile(times, 99)} ms`);
    const last = Math.max(...times);
    evidence.target('the last of them within 10 s', last <= TARGET_MS, `${last} ms`);
    await checkDelivery(evidence, crowd);
  },
};

/** The connections of one user to both nodes: the last one is one too many, wherever it is made. */
async function checkCount(evidence: Evidence, cluster: Cluster, token: string): Promise<void> {
  for (let made = 0; made < CONNECTIONS_PER_USER; made += 1) {
    await SocketProbe.connect(cluster.node(made), { token });
  }
  await sleep(COUNTED_AFTER_MS);
  const refusals = await Promise.all(cluster.nodes.map((node) => SocketProbe.refusal(node, { token })));
  evidence.check(
    'connections per user are counted over all nodes',
    refusals.every(({ code }) => code === 'too_many_connections'),
    refusals.map(({ code }) => code).join(' '),
  );
}

/** In every thread, as nodes store them; whoever is connected hears of them with the next look at the log. */
async function storeEvents(cluster: Cluster): Promise<void> {
  await cluster.query(`
    INSERT INTO bulkhead.runs (run_id, user_id, thread_id, agent_name, state)
      SELECT gen_random_uuid(), user_id, thread_id, 'assistant', 'running' FROM bulkhead.threads;
    SELECT count(*) FROM bulkhead.runs r CROSS JOIN LATERAL
      bulkhead.append_events(r.thread_id, r.run_id, 'missed', (
        SELECT jsonb_agg(jsonb_build_object(
                 'eventId', gen_random_uuid(), 'requestId', r.run_id, 'type', 'message_delta', 'operationDepth', 0,
                 'agentName', 'assistant', 'data', jsonb_build_object('step', 1, 'text', number::text)))
          FROM generate_series(1, ${EVENTS_MISSED}) AS number));
    UPDATE bulkhead.runs SET state = 'completed'`);
}

/** Milliseconds until each of them has what it missed; the patience for those who never have. */
async function timesUntilCaughtUp(users: readonly ChattingUser[]): Promise<number[]> {
  const times: number[] = [];
  const waiting = new Set(users);
  const before = performance.now();
  while (waiting.size > 0 && performance.now() - before < PATIENCE_MS) {
    await sleep(20);
    for (const user of waiting) {
      if (user.tally.count < EVENTS_MISSED) continue;
      waiting.delete(user);
      times.push(Math.round(performance.now() - before));
    }
  }
  return [...times, ...new Array<number>(waiting.size).fill(PATIENCE_MS)];
}
