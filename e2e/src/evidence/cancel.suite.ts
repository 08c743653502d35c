import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal } from '@bulkhead/client';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import { checkRuns } from './delivered-events.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { percentile } from './percentile.ts';
import { ScriptedProvider, type ModelRequest } from './scripted-provider.ts';

const NODES = 3;
const RUNS = 200;
/** How many users have a model at work that speaks without an end, fifty words a second. */
const STREAMS = 4;
const WORD_MS = 20;
const AT_A_TIME = 10;
const STOP_TARGET_MS = 1_000;
/** How long a run that did not stop would go on, and how long the suite looks for what comes too late. */
const AFTERMATH_MS = 3_000;

/** What the model is asked for. */
const SPEAK = 'Speak without an end.';
const THINK = 'Think without a word.';

/** A run that is to be cancelled. */
interface Doomed {
  readonly chat: ChattingUser;
  readonly runId: string;
  /** Behind another one. */
  readonly waits: boolean;
}

export const cancel: EvidenceSuite = {
  name: 'cancel',
  promise: 'A cancelled run stops within a second on whichever node, does nothing after it, and ends once.',
  tried: 'Runs that stream, think or wait in a queue are cancelled over two other nodes at the same time.',
  async run(evidence) {
    const model = new ScriptedProvider((request) => ({ words: endlessly(request) }));
    const cluster = await Cluster.start(NODES, {
      ...(await model.listen()),
      DEFAULT_MODEL: 'openai-compatible:endless',
      RUNS_PER_USER: '2',
    });
    evidence.defer(async () => {
      await cluster.dispose();
      await model.close();
    });
    const users = await ChattingUser.signUpMany(RUNS / 5, (index) => cluster.node(index));
    const chats = await Promise.all(
      users.map(async (user) => [user, await user.another(), await user.another()]),
    );
    const all = chats.flat();
    evidence.defer(() => Promise.all(all.map(({ thread }) => thread.close())));
    const doomed = (await Promise.all(chats.map((threads, index) => begin(threads, index < STREAMS)))).flat();
    await describeStates(evidence, cluster);

    const took = await cancelAll(cluster, doomed);
    evidence.figure(
      'request to terminal event, p50 / p99',
      `${percentile(took, 50)} / ${percentile(took, 99)} ms`,
    );
    const slowest = Math.max(...took);
    evidence.target(
      `all ${doomed.length} runs stop within a second`,
      slowest <= STOP_TARGET_MS,
      `${slowest} ms`,
    );

    const counts = all.map(({ events }) => events.length);
    await sleep(AFTERMATH_MS);
    const late = all.filter(({ events }, index) => events.length !== counts[index]);
    evidence.check('nothing is sent after a run was stopped', late.length === 0, `${late.length} threads`);
    checkRuns(evidence, all);
    checkCalls(evidence, model.requests);
    await checkEnds(evidence, cluster, all);
  },
};

/**
 * Five runs in three threads of a user who may have two running: one in a model call with one behind it in its thread,
 * one more in a model call, and two that wait for the user's turn. What waits would write a note.
 */
async function begin(chats: readonly ChattingUser[], streams: boolean): Promise<Doomed[]> {
  const runs: Doomed[] = [];
  const start = async (chat: ChattingUser | undefined, content?: string): Promise<void> => {
    if (!chat) return;
    const runId = await (content === undefined ? chat.askForNote() : chat.ask(content));
    if (runId !== undefined) runs.push({ chat, runId, waits: content === undefined });
  };
  const [first, second, third] = chats;
  await start(first, streams ? SPEAK : THINK);
  await start(second, THINK);
  await untilThinking([first, second]);
  await start(first);
  await start(third);
  await start(third);
  return runs;
}

/** No answer of this model ends by itself. */
async function* endlessly({ question, hungUp }: ModelRequest): AsyncGenerator<string> {
  while (!hungUp.aborted) {
    await sleep(WORD_MS);
    if (question === SPEAK) yield 'word ';
  }
}

/** What was under way when its run was cancelled costs nobody anything any more. */
function checkCalls(evidence: Evidence, calls: readonly ModelRequest[]): void {
  const left = calls.filter(({ hungUp }) => hungUp.aborted);
  evidence.check(
    'the connection to the model is closed with each run that had one',
    calls.length > 0 && left.length === calls.length,
    `${left.length} of ${calls.length}`,
  );
}

async function untilThinking(chats: readonly (ChattingUser | undefined)[]): Promise<void> {
  const isThinking = (chat?: ChattingUser): boolean =>
    chat?.events.some(({ type }) => type === 'agent_thinking') ?? false;
  while (!chats.every(isThinking)) await sleep(20);
}

/**
 * So many at a time, the waiting ones first: none may get the turn of one that has been stopped. Gives what each took
 * in milliseconds.
 */
async function cancelAll(cluster: Cluster, runs: readonly Doomed[]): Promise<number[]> {
  const took: number[] = [];
  const waiting = [...runs.filter(({ waits }) => waits), ...runs.filter(({ waits }) => !waits)].values();
  const worker = async (): Promise<void> => {
    for (const run of waiting) took.push(await cancelTwice(cluster, run));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return took;
}

/** Cancels over other nodes than the user's own, twice at once: the second finds it done. */
async function cancelTwice(cluster: Cluster, { chat, runId }: Doomed): Promise<number> {
  const before = performance.now();
  await Promise.all([cancelOver(cluster, chat, runId, 1), cancelOver(cluster, chat, runId, 2)]);
  while (!chat.ended.has(runId)) await sleep(5);
  return Math.round(performance.now() - before);
}

async function cancelOver(cluster: Cluster, user: ChattingUser, runId: string, node: number): Promise<void> {
  const response = await fetch(`${cluster.node(node).url}/v1/runs/${runId}/cancel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await user.client.accessToken()}` },
  });
  if (!response.ok) throw new Error(`A cancel was refused: ${response.status} ${await response.text()}`);
}

async function describeStates(evidence: Evidence, cluster: Cluster): Promise<void> {
  const rows = await cluster.query<{ state: string; runs: number }>(
    'select state, count(*)::int as runs from bulkhead.runs group by state order by state',
  );
  evidence.figure('states before', rows.map(({ state, runs }) => `${runs} ${state}`).join(', '));
}

async function checkEnds(
  evidence: Evidence,
  cluster: Cluster,
  users: readonly ChattingUser[],
): Promise<void> {
  const ends = users.flatMap(({ events }) => events.filter(isTerminal));
  const cancelled = ends.filter(({ type }) => type === 'agent_cancelled');
  evidence.check('each says agent_cancelled', cancelled.length === RUNS, `${cancelled.length} of ${RUNS}`);
  const [row] = await cluster.query<{ notes: number }>('select count(*)::int as notes from bulkhead.notes');
  evidence.check('no cancelled run has a side effect', row?.notes === 0, `${row?.notes ?? '?'} notes`);
}
