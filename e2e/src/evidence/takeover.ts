import { setTimeout as sleep } from 'node:timers/promises';
import { ofType } from '../run-events.ts';
import { Server } from '../server.ts';
import { ChattingUser } from './chatting-user.ts';
import { Cluster } from './cluster.ts';
import type { Evidence } from './evidence.ts';

const RUNS = 10;
/** Longer than it takes the others to find a frozen node gone, and shorter than two of them. */
const SLEEP_MS = 25_000;
const AFTERMATH_MS = 3_000;

/**
 * A node that stops in mid-air and wakes after its runs were taken over: it was asleep in every one of them, goes on
 * before the new owner is done, and must write nothing.
 */
export async function wakeAfterTakeover(evidence: Evidence): Promise<void> {
  const door = await Cluster.start(1, { ROLE: 'gateway' });
  evidence.defer(() => door.dispose());
  const settings = { ROLE: 'worker', DATABASE_URL: door.databaseUrl };
  const sleeper = await Server.start(settings);
  evidence.defer(() => {
    sleeper.thaw();
    return sleeper.dispose();
  });
  const users = await ChattingUser.signUpMany(RUNS, () => door.node(0));
  evidence.defer(() => Promise.all(users.map(({ thread }) => thread.close())));
  await Promise.all(users.map((user) => user.ask(`/sleep ${SLEEP_MS}`)));
  await untilThinking(users, 1);

  sleeper.freeze();
  const successor = await Server.start(settings);
  evidence.defer(() => successor.dispose());
  await untilThinking(users, 2);
  evidence.check('the runs of a frozen node are taken over', true, `${RUNS} of ${RUNS}`);
  sleeper.thaw();

  await Promise.all(users.map((user) => user.untilAllEnded()));
  await sleep(AFTERMATH_MS);
  const answers = users.flatMap(({ events }) => ofType(events, 'agent_completed'));
  evidence.check(
    'each of them ends once, with its answer',
    answers.length === RUNS,
    `${answers.length} of ${RUNS}`,
  );
  const strays = users.reduce((sum, user) => sum + countStrays(user), 0);
  evidence.check('the node that woke writes nothing', strays === 0, `${strays} events of the first attempt`);
}

/** Until every user's run has begun a model call for the nth time. */
async function untilThinking(users: readonly ChattingUser[], times: number): Promise<void> {
  const isThinking = ({ events }: ChattingUser): boolean => ofType(events, 'agent_thinking').length >= times;
  while (!users.every(isThinking)) await sleep(50);
}

/** What came of a unit of work after the next one had begun: each taker of a run has a request id of its own. */
function countStrays({ events }: ChattingUser): number {
  const begun = ofType(events, 'agent_thinking');
  const last = begun.at(-1);
  if (!last) return 0;
  const text = ofType(events, 'message_delta').filter(({ seq }) => seq > last.seq);
  const said = text.map(({ data }) => data.text).join('');
  const [completed] = ofType(events, 'agent_completed');
  return completed && said === completed.data.text && begun.length === 2 ? 0 : 1;
}
