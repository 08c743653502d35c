import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { signUp, type Account } from '../account.ts';
import { problemIn, probe, withoutRequestId } from '../http-probe.ts';
import type { Server } from '../server.ts';
import { SocketProbe } from '../socket-probe.ts';
import type { Evidence } from './evidence.ts';

const VICTIMS = 10;

/** Everything of somebody's that a thief could have picked up. */
interface Loot {
  readonly threadId: string;
  readonly runId: string;
  readonly cursor: number;
  readonly socketId: string;
  readonly sessionId: string;
}

interface Victim extends Account {
  readonly socket: SocketProbe;
  readonly loot: Loot;
}

interface Thief {
  readonly server: Server;
  readonly token: string;
  readonly socket: SocketProbe;
}

/** One way to use what was stolen; gives what the server answers to it. */
type Try = (thief: Thief, loot: Loot) => Promise<object>;

const refused = async (thief: Thief, event: string, payload: object): Promise<object> =>
  withoutRequestId(await thief.socket.refusalOf(event, payload));
const connecting = async ({ server, token }: Thief, auth: object): Promise<object> =>
  withoutRequestId(await SocketProbe.refusal(server, { token, ...auth }));
const asking = async ({ server, token }: Thief, path: string, headers = {}): Promise<object> =>
  withoutRequestId(problemIn(await probe(server.url, { path, token, headers })));
const stream = { accept: 'text/event-stream' };

const tries: Readonly<Record<string, Try>> = {
  'thread id in the handshake': (thief, { threadId }) => connecting(thief, { threadId }),
  'thread id and cursor in the handshake': (thief, { threadId, cursor }) =>
    connecting(thief, { threadId, afterSeq: cursor }),
  'thread id': (thief, { threadId }) => refused(thief, 'thread_subscribe', { threadId }),
  'thread id from the start': (thief, { threadId }) =>
    refused(thief, 'thread_subscribe', { threadId, afterSeq: 0 }),
  cursor: (thief, { threadId, cursor }) => refused(thief, 'thread_subscribe', { threadId, afterSeq: cursor }),
  'cursor that is too far': (thief, { threadId, cursor }) =>
    refused(thief, 'thread_subscribe', { threadId, afterSeq: cursor + 1_000_000 }),
  'message to the thread': (thief, { threadId }) =>
    refused(thief, 'message_send', { threadId, content: 'What are my notes?' }),
  'acknowledgement for the thread': (thief, { threadId, cursor }) =>
    refused(thief, 'event_ack', { threadId, seq: cursor }),
  'run id': (thief, { runId }) => refused(thief, 'run_cancel', { runId }),
  'cursor over REST': (thief, { threadId, cursor }) =>
    asking(thief, `/v1/threads/${threadId}/events?after=${cursor}`),
  'cursor in a stream': (thief, { threadId, cursor }) =>
    asking(thief, `/v1/threads/${threadId}/events`, { ...stream, 'last-event-id': `${cursor}` }),
  "run's stream": (thief, { runId }) => asking(thief, `/v1/runs/${runId}/events`, stream),
  'delivery of the thread': (thief, { threadId }) => asking(thief, `/v1/threads/${threadId}/delivery`),
};

/** What no token is asked for: the id alone would be the key, if it were one. */
const transportTries: Readonly<Record<string, Try>> = {
  'socket id as a session': ({ server }, { socketId }) => poll(server, socketId),
  'session id': ({ server }, { sessionId }) => poll(server, sessionId),
};

async function poll(server: Server, sid: string): Promise<object> {
  const path = `/socket.io/?EIO=4&transport=polling&sid=${encodeURIComponent(sid)}`;
  const { status } = await probe(server.url, { path });
  return { isRefused: status === 400 };
}

/** Tries what others' ids are good for, while their events are under way. */
export async function stealState(evidence: Evidence, server: Server, count: number): Promise<void> {
  const victims = await Promise.all(Array.from({ length: VICTIMS }, () => settle(server)));
  const { client } = await signUp(server);
  const token = await client.accessToken();
  const thief: Thief = { server, token, socket: await SocketProbe.connect(server, { token }) };
  const recovered = await Promise.all(victims.map(({ loot }) => recover(server, token, loot)));

  const ways = Object.entries({ ...tries, ...transportTries });
  const different = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const [name, attempt] = ways[index % ways.length] ?? ['', () => Promise.resolve({})];
    const victim = victims[index % VICTIMS];
    if (!victim) continue;
    if (index % 50 === 0)
      victim.socket.tell('message_send', { threadId: victim.loot.threadId, content: 'hi' });
    const [stolen, absent] = [await attempt(thief, victim.loot), await attempt(thief, nothing(victim.loot))];
    if (!isDeepStrictEqual(stolen, absent)) different.add(`${name}: ${JSON.stringify({ stolen, absent })}`);
  }
  evidence.figure('ways to use what was stolen', ways.length + 1);
  const heard = thief.socket.events.length + recovered.reduce((sum, { events }) => sum + events.length, 0);
  evidence.check(`${count} tries with others' ids give no event`, heard === 0, `${heard} events`);
  evidence.check(
    "somebody else's id is answered like one that nobody has",
    different.size === 0,
    different.size === 0 ? `${count} tries` : [...different].join('; '),
  );
  const alive = victims.filter(({ socket }) => socket.isConnected && socket.events.length > 0);
  evidence.check('their owners are not disturbed', alive.length === VICTIMS, `${alive.length} of ${VICTIMS}`);
}

/** Somebody with a thread that has events, live. */
async function settle(server: Server): Promise<Victim> {
  const account = await signUp(server);
  const { client } = account;
  const { threadId } = await client.createThread();
  const { runId } = await client.sendMessage(threadId, { content: 'Hello there.' });
  const socket = await SocketProbe.connect(server, {
    token: await client.accessToken(),
    threadId,
    afterSeq: 0,
  });
  await socket.until((events) => events.length > 3);
  const { id: socketId, sessionId } = socket;
  return { ...account, socket, loot: { threadId, runId, cursor: 2, socketId, sessionId } };
}

/** Asks to go on with somebody's connection, as Socket.IO's connection state recovery does. */
function recover(server: Server, token: string, { socketId }: Loot): Promise<SocketProbe> {
  return SocketProbe.connect(server, { token, pid: socketId, offset: '0' });
}

/** The same as what was stolen, of nobody. */
const nothing = (loot: Loot): Loot => ({
  ...loot,
  threadId: randomUUID(),
  runId: randomUUID(),
  socketId: 'AAAAAAAAAAAAAAAAAAAA',
  sessionId: 'AAAAAAAAAAAAAAAAAAAB',
});
