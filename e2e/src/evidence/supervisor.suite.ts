import type { ThreadConnection, ThreadEvent } from '@bulkhead/client';
import { openThread, signUp } from '../account.ts';
import { answerIn, endedRuns, ofType, untilRunsEnd } from '../run-events.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';

const USERS = 50;
const NODES = 2;
const agentName = 'coordinator';
const forEver =
  '/delegate assistant: /sleep 600000 | mathematician: /sleep 600000 | assistant: /sleep 600000';

export const supervisor: EvidenceSuite = {
  name: 'supervisor',
  promise:
    'Events of sub-agents carry the right agent, depth and parent, and a cancelled supervisor leaves none at work.',
  tried:
    'Fifty users on two nodes have a supervisor work with three sub-agents at once, in several rounds; then all of them cancel mid-way. Every event, and what is stored of steps and runs, is looked through.',
  async run(evidence) {
    const cluster = await Cluster.start(NODES, { RUN_TIMEOUT_SECONDS: '600' });
    evidence.defer(() => cluster.dispose());
    const threads: ThreadConnection[] = [];
    for (let user = 0; user < USERS; user++) {
      const node = cluster.node(user);
      threads.push(await openThread(node, await signUp(node)));
    }
    const rounds = evidence.long ? 10 : 1;
    let wrong = 0;
    let strange = 0;
    let count = 0;
    for (let round = 0; round < rounds; round++) {
      const told = await Promise.all(threads.map((thread, user) => supervise(thread, user * 100 + round)));
      for (const { events, sum } of told) {
        count += events.length;
        wrong += misplaced(events);
        if (!answerIn(events).includes(`= ${sum}`)) strange += 1;
      }
    }
    evidence.check(
      'every event carries the right agent, depth and parent',
      wrong === 0,
      `${wrong} of ${count} events`,
    );
    evidence.check(
      'every user gets the answers of their own sub-agents',
      strange === 0,
      `${strange} of ${USERS * rounds}`,
    );
    await cancelAll(evidence, cluster, threads);
  },
};

async function supervise(
  thread: ThreadConnection,
  number: number,
): Promise<{ events: ThreadEvent[]; sum: number }> {
  await thread.send(
    `/delegate mathematician: What is ${number} + 10000? | assistant: /say 3 | assistant: What is 6 * 7?`,
    { agentName },
  );
  return { events: await untilRunsEnd(thread.events()), sum: number + 10_000 };
}

/** Events whose agent, depth or parent is not what their run's beginning says. */
function misplaced(events: readonly ThreadEvent[]): number {
  const [root, ...children] = ofType(events, 'agent_started');
  const agents = new Map(children.map(({ requestId, agentName: name }) => [requestId, name]));
  if (agents.size !== 3) return events.length;
  return events.filter((event) =>
    event.operationDepth === 0
      ? event.agentName !== agentName || event.requestId === undefined || agents.has(event.requestId)
      : event.operationDepth !== 1 ||
        event.agentName !== agents.get(event.requestId) ||
        event.parentRequestId !== root?.requestId,
  ).length;
}

/** Cancels when all three sub-agents of everybody think; then nothing may go on. */
async function cancelAll(
  evidence: Evidence,
  cluster: Cluster,
  threads: readonly ThreadConnection[],
): Promise<void> {
  const ends = await Promise.all(
    threads.map(async (thread) => {
      const { runId } = await thread.send(forEver, { agentName });
      const seen: ThreadEvent[] = [];
      let isCancelled = false;
      for await (const event of thread.events()) {
        seen.push(event);
        const atWork = seen.filter(
          ({ type, operationDepth }) => type === 'agent_thinking' && operationDepth > 0,
        );
        if (atWork.length === 3 && !isCancelled) {
          isCancelled = true;
          await thread.cancel(runId);
        }
        if (endedRuns(seen) === 1) break;
      }
      const closed = ofType(seen, 'tool_completed').filter(({ data }) => data.outcome === 'cancelled');
      return { runId, type: seen.at(-1)?.type, closed: closed.length };
    }),
  );
  const right = ends.filter(({ type, closed }) => type === 'agent_cancelled' && closed === 3);
  evidence.check(
    'every run ends as cancelled, with its three sub-agents',
    right.length === USERS,
    `${right.length} of ${USERS}`,
  );
  // What went on would be told before the answer to another message.
  const after = await Promise.all(threads.map(async (thread) => supervise(thread, 1)));
  const late = after.flatMap(({ events }, index) =>
    events.filter(({ runId }) => runId === ends[index]?.runId),
  );
  evidence.check('no step goes on after that', late.length === 0, `${late.length} late events`);
  const [row] = await cluster.query<{ open: number }>(`select count(*)::int as open from bulkhead.run_queue`);
  evidence.check('no run keeps its place', row?.open === 0, `${row?.open ?? '?'} in the queue`);
}
