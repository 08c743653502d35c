import { randomUUID } from 'node:crypto';
import { isTerminal, type ThreadEvent } from '@bulkhead/client';
import { openThread, signUp, type Account } from '../account.ts';
import { ofType, untilRunsEnd } from '../run-events.ts';
import { Server } from '../server.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { ExternalTools } from './external-tools.ts';
import { inWaves } from './in-waves.ts';
import { ScriptedProvider, type ScriptedReply } from './scripted-provider.ts';

const USERS = 50;
/** Runs of a user at the same time, all in the user's one session. */
const RUNS = 4;
/** Users at the same time: clients, models and tools are all in one process, which must answer heartbeats. */
const AT_ONCE = 10;

/** A run, and what each of its calls was told to say. */
interface Asked {
  readonly said: readonly string[];
  readonly events: readonly ThreadEvent[];
}

export const mcp: EvidenceSuite = {
  name: 'mcp',
  promise:
    'Users of one external tool server never get the answers of others, however alike their requests are.',
  tried:
    'Fifty users, ten at a time and four runs each, have their models call a tool of one server built with the official SDK, which answers out of order; request ids are the same for all. Each answer must say its own session and words.',
  async run(evidence) {
    const calls = evidence.long ? 50 : 10;
    const tools = new ExternalTools();
    const url = await tools.listen();
    evidence.defer(() => tools.close());
    const provider = new ScriptedProvider(({ question, step }): ScriptedReply =>
      step > 0 ? { text: 'Done.' } : { calls: sayings(question, calls).map(echo) },
    );
    const settings = {
      ...(await provider.listen()),
      DEFAULT_MODEL: 'openai-compatible:scripted',
      RUN_MAX_TOOL_CALLS: '1000',
      MCP_SERVERS: JSON.stringify([
        {
          name: 'web',
          transport: { kind: 'http', url },
          // Nobody is there to approve.
          tools: [{ name: 'echo', approval: 'never' }],
          timeoutMs: 60_000,
        },
      ]),
      MCP_SESSIONS_PER_SERVER: String(USERS),
    };
    evidence.defer(() => provider.close());
    const server = await Server.start(settings);
    evidence.defer(() => server.dispose());
    const users = await Promise.all(Array.from({ length: USERS }, () => signUp(server)));

    const began = performance.now();
    const asked = await inWaves(USERS, AT_ONCE, (index) =>
      Promise.all(Array.from({ length: RUNS }, () => ask(server, users[index] as Account, calls))),
    );
    const seconds = (performance.now() - began) / 1000;

    const figures = asked.map((runs) => compare(runs));
    const total = USERS * RUNS * calls;
    const sum = (of: (figure: Compared) => number): number => figures.reduce((all, one) => all + of(one), 0);
    const answered = sum(({ right }) => right);
    evidence.check(`all ${total} calls are answered`, answered === total, answered);
    evidence.check(
      'no answer is crossed',
      sum(({ wrong }) => wrong) === 0,
      `${sum(({ wrong }) => wrong)} crossed`,
    );
    const sessions = new Set(figures.flatMap((figure) => [...figure.sessions]));
    const isOneEach = figures.every((figure) => figure.sessions.size === 1) && sessions.size === USERS;
    evidence.check(
      'every user has one session of their own',
      isOneEach,
      `${sessions.size} sessions, ${USERS} users`,
    );
    const { collisions } = tools;
    evidence.check(
      'request ids collide',
      collisions >= total * 0.9,
      `${collisions} requests with the id of another`,
    );
    evidence.figure('calls per second', Math.round(total / seconds));
  },
};

const sayings = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${word} ${index}`);

const echo = (said: string, index: number) => ({
  name: 'mcp_web_echo',
  arguments: JSON.stringify({ said, delayMs: (index * 7) % 20 }),
});

async function ask(server: Server, user: Account, calls: number): Promise<Asked> {
  const word = randomUUID();
  const thread = await openThread(server, user);
  await thread.send(word);
  const events = await untilRunsEnd(thread.events());
  await thread.close();
  return { said: sayings(word, calls), events };
}

interface Compared {
  readonly right: number;
  readonly wrong: number;
  readonly sessions: ReadonlySet<string>;
}

/** All runs of one user: each answer is that user's session and the very words of its call. */
function compare(runs: readonly Asked[]): Compared {
  const sessions = new Set<string>();
  let right = 0;
  let wrong = 0;
  for (const { said, events } of runs) {
    for (const [index, { data }] of ofType(events, 'tool_completed').entries()) {
      const { text = '' } = (data.result ?? {}) as { readonly text?: string };
      const [session = '', ...words] = text.split(' ');
      if (data.outcome === 'succeeded' && words.join(' ') === said[index]) {
        right += 1;
        sessions.add(session);
      } else if (data.outcome === 'succeeded') wrong += 1;
    }
    if (!events.some((event) => isTerminal(event) && event.type === 'agent_completed')) wrong += 1;
  }
  return { right, wrong, sessions };
}
