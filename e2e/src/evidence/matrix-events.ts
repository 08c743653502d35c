import { randomUUID } from 'node:crypto';
import { probe } from '../http-probe.ts';
import type { Server } from '../server.ts';
import { SocketProbe } from '../socket-probe.ts';
import type { Evidence } from './evidence.ts';
import { WHAT, type Caller, type MatrixFixtures, type What, type Who } from './matrix-fixtures.ts';

/** How each event that a client may send names a thing of the user's. A new event fails the suite until it is here. */
const events: Readonly<
  Record<string, { readonly id: 'threadId' | 'runId' | 'approvalId'; readonly rest: object }>
> = {
  thread_subscribe: { id: 'threadId', rest: {} },
  thread_unsubscribe: { id: 'threadId', rest: {} },
  message_send: { id: 'threadId', rest: { content: 'What is 1 + 1?' } },
  run_cancel: { id: 'runId', rest: {} },
  event_ack: { id: 'threadId', rest: { seq: 1 } },
  approval_decide: { id: 'approvalId', rest: { decision: 'refuse' } },
};

/** Closing what is not open has no effect, so it is answered alike for every thing. */
const harmless = new Set(['thread_unsubscribe']);

/** The same matrix for frames; who has no good credential has no connection to send one on. */
export async function checkEvents(
  evidence: Evidence,
  server: Server,
  fixtures: MatrixFixtures,
  callers: Readonly<Record<Who, Caller>>,
  ben: Caller,
): Promise<void> {
  const { text } = await probe(server.url, { path: '/asyncapi.json' });
  const unknown = clientEventsIn(text).filter((event) => !Object.hasOwn(events, event));
  for (const event of unknown) evidence.log(`not in the matrix: ${event}`);
  evidence.check(
    'every event of a client is in the matrix',
    unknown.length === 0,
    Object.keys(events).length,
  );

  for (const who of ['anonymous', 'expired', 'revoked'] as const) {
    const { code } = await SocketProbe.refusal(server, { token: callers[who].token });
    evidence.check(`no connection for a caller who is ${who}`, code === 'unauthenticated', code);
  }
  const complaints: string[] = [];
  let cells = 0;
  for (const who of ['user', 'admin'] as const) {
    const socket = await SocketProbe.connect(server, { token: callers[who].token });
    for (const [event, { id, rest }] of Object.entries(events)) {
      const answers = new Map<What, string>();
      for (const what of WHAT) {
        const value = await idFor(fixtures, id, what, callers[who], ben);
        const answer = await socket.ask(event, { [id]: value, ...rest });
        const status = answer.ok ? 200 : answer.problem.status;
        answers.set(
          what,
          `${status} ${JSON.stringify(answer)
            .replaceAll(value, 'id')
            .replace(/"requestId":"[^"]+"/, '')}`,
        );
        cells += 1;
        const expected = expectedOf(event, what);
        if (!expected.includes(status))
          complaints.push(`${event} ${who} ${what}: ${status}, not ${expected.join(' or ')}`);
      }
      const absent = answers.get('absent');
      if (answers.get("another's") !== absent || answers.get('deleted') !== absent) {
        complaints.push(`${event} ${who} tells them apart: ${[...answers.values()].join(' / ')}`);
      }
    }
  }
  for (const complaint of complaints.slice(0, 10)) evidence.log(complaint);
  evidence.check(`${cells} frames answer as they must`, complaints.length === 0, cells - complaints.length);
}

function expectedOf(event: string, what: What): readonly number[] {
  if (what === 'malformed') return [400];
  if (harmless.has(event)) return [200];
  // A new thread has no event yet that could be acknowledged.
  if (what === 'own' && event === 'event_ack') return [200, 400, 409];
  // A run that has ended meanwhile has nothing to decide any more.
  if (what === 'own') return event === 'approval_decide' ? [200, 409] : [200];
  return [404];
}

async function idFor(
  fixtures: MatrixFixtures,
  id: 'threadId' | 'runId' | 'approvalId',
  what: What,
  caller: Caller,
  ben: Caller,
): Promise<string> {
  if (what === 'absent') return randomUUID();
  if (what === 'malformed') return 'test_1';
  const made = (await fixtures.make(id, what === 'own' ? caller : ben)) ?? '';
  if (what === 'deleted') await fixtures.delete(id, made);
  return made;
}

/** The events that the server says it takes. */
function clientEventsIn(asyncApi: string): string[] {
  const { operations } = JSON.parse(asyncApi) as {
    readonly operations: Readonly<Record<string, { readonly action: string }>>;
  };
  return Object.entries(operations)
    .filter(([, { action }]) => action === 'receive')
    .map(([name]) => name);
}
