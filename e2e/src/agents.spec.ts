import type { ThreadConnection, ThreadEvent } from '@bulkhead/client';
import { openThread, signUp } from './account.ts';
import { answerIn, endedRuns, ofType, typesOf, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';

const USERS = 50;
const agentName = 'coordinator';
const AT_WORK =
  '/delegate assistant: /sleep 600000 | mathematician: /sleep 600000 | assistant: /sleep 600000';

let server: Server;
beforeAll(async () => {
  server = await Server.start({ RUN_TIMEOUT_SECONDS: '600' });
}, 60_000);
afterAll(() => server?.dispose(), 60_000);

const newThread = async (): Promise<ThreadConnection> => openThread(server, await signUp(server));

/** The events up to the first after which the condition holds. */
async function eventsUntil(
  thread: ThreadConnection,
  isEnough: (events: readonly ThreadEvent[]) => boolean,
): Promise<ThreadEvent[]> {
  const seen: ThreadEvent[] = [];
  for await (const event of thread.events()) {
    seen.push(event);
    if (isEnough(seen)) return seen;
  }
  throw new Error(`The events ended: ${typesOf(seen).join(' ')}`);
}
const below = (events: readonly ThreadEvent[]) => events.filter(({ operationDepth }) => operationDepth > 0);
const callIds = (events: readonly ThreadEvent[], type: 'tool_executing' | 'tool_completed') =>
  ofType(events, type)
    .map(({ data }) => data.toolCallId)
    .sort();

describe(`a supervisor with three sub-agents at once, for ${USERS} users`, () => {
  const threads: ThreadConnection[] = [];
  const told = new Map<ThreadConnection, ThreadEvent[]>();
  const sums = new Map<ThreadConnection, number>();

  beforeAll(async () => {
    for (let user = 0; user < USERS; user++) threads.push(await newThread());
    await Promise.all(
      threads.map(async (thread, user) => {
        sums.set(thread, user + 1_000);
        const tasks = [
          `mathematician: What is ${user} + 1000?`,
          'assistant: /say 3',
          'assistant: What is 6 * 7?',
        ];
        await thread.send(`/delegate ${tasks.join(' | ')}`, { agentName });
        told.set(thread, await untilRunsEnd(thread.events()));
      }),
    );
  }, 120_000);

  it('has every event carry the right agent, depth and parent', () => {
    for (const events of told.values()) {
      const [root, ...children] = ofType(events, 'agent_started');
      expect(root).toMatchObject({ agentName, operationDepth: 0 });
      expect(children.map((child) => `${child.data.toolCallId} ${child.agentName}`).sort()).toEqual([
        '1.1 mathematician',
        '1.2 assistant',
        '1.3 assistant',
      ]);
      const agents = new Map(children.map((child) => [child.requestId, child.agentName]));
      expect(agents.size).toBe(3);
      for (const event of below(events)) {
        expect([event.agentName, event.operationDepth]).toEqual([agents.get(event.requestId), 1]);
        expect(event.parentRequestId).toBe(root?.requestId);
      }
    }
  });

  it('gives each user the answers of its own sub-agents', () => {
    for (const [thread, events] of told) {
      const answer = answerIn(events);
      expect(answer).toContain(`= ${sums.get(thread)}`);
      expect(answer).toContain('word1 word2 word3');
      expect(answer).toContain('6 * 7 = 42');
    }
  });

  it('tells every tool call from its beginning to its end', () => {
    for (const events of told.values()) {
      expect(callIds(events, 'tool_completed')).toEqual(callIds(events, 'tool_executing'));
    }
  });
});

describe('cancelling a run whose sub-agents are at work', () => {
  it('leaves no step running, and no place taken', async () => {
    const threads = await Promise.all(Array.from({ length: 5 }, newThread));
    await Promise.all(
      threads.map(async (thread) => {
        const { runId } = await thread.send(AT_WORK, { agentName });
        const before = await eventsUntil(
          thread,
          (seen) => ofType(below(seen), 'agent_thinking').length === 3,
        );
        await thread.cancel(runId);
        const events = [...before, ...(await eventsUntil(thread, (seen) => endedRuns(seen) === 1))];
        expect(typesOf(events).at(-1)).toBe('agent_cancelled');
        expect(callIds(events, 'tool_completed')).toEqual(['1.1', '1.2', '1.3']);
        expect(new Set(ofType(events, 'tool_completed').map(({ data }) => data.outcome))).toEqual(
          new Set(['cancelled']),
        );
        // What went on would be told before this.
        await thread.send('/say 3');
        const after = await untilRunsEnd(thread.events());
        expect(after.filter((event) => event.runId === runId)).toEqual([]);
      }),
    );
  }, 60_000);
});

describe('a crash while sub-agents are at work', () => {
  it('repeats nothing that one of them had finished', async () => {
    const own = await Server.start();
    try {
      const thread = await openThread(own, await signUp(own));
      await thread.send('/delegate mathematician: What is 37 * 43? | assistant: /sleep 4000', { agentName });
      const before = await eventsUntil(thread, (seen) =>
        ofType(seen, 'tool_completed').some(({ data }) => data.toolCallId === '1.1'),
      );
      await own.kill();
      await own.startAgain();
      const events = [...before, ...(await untilRunsEnd(thread.events()))];
      expect(answerIn(events)).toContain('37 * 43 = 1591');
      expect(answerIn(events)).toContain('I slept 4000 milliseconds');
      expect(callIds(events, 'tool_executing')).toEqual(['1.1', '1.1/1.1', '1.2']);
      expect(callIds(events, 'tool_completed')).toEqual(['1.1', '1.1/1.1', '1.2']);
      const calculating = ofType(events, 'agent_thinking').filter(
        (event) => event.agentName === 'mathematician',
      );
      expect(calculating.map(({ data }) => data)).toEqual([
        { step: 1, attempt: 1 },
        { step: 2, attempt: 1 },
      ]);
    } finally {
      await own.dispose();
    }
  }, 60_000);
});
