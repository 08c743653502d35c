import { randomUUID } from 'node:crypto';
import type { AcceptedRun, ThreadEvent } from '@bulkhead/client';
import { signUp, type Account } from './account.ts';
import { problemIn, probe } from './http-probe.ts';
import { answerIn, endedRuns, oneTo, seqsOf, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';
import { SocketProbe } from './socket-probe.ts';

const USERS = 10;
const MESSAGES = 5;

/** A user with a text that nobody else may ever see, and a connection that keeps whatever comes. */
interface Tenant extends Account {
  readonly canary: string;
  readonly threadId: string;
  readonly socket: SocketProbe;
  readonly runs: AcceptedRun[];
}

describe(`${USERS} users with ${MESSAGES} messages each, all at once`, () => {
  let server: Server;
  let tenants: Tenant[] = [];

  const settle = async (): Promise<Tenant> => {
    const account = await signUp(server);
    const canary = `canary-${randomUUID()}`;
    const { threadId } = await account.client.createThread({ title: `The thread of ${canary}` });
    const auth = { token: await account.client.accessToken(), threadId, afterSeq: 0 };
    return { ...account, canary, threadId, socket: await SocketProbe.connect(server, auth), runs: [] };
  };

  /** In two halves, so that REST and Socket.IO are busy at the same time. */
  const send = ({ client, socket, threadId, canary }: Tenant, number: number): Promise<AcceptedRun> => {
    const content = `Remember that ${canary} is message ${number}.`;
    return number % 2 === 0
      ? client.sendMessage(threadId, { content })
      : socket.answerOf<AcceptedRun>('message_send', { threadId, content });
  };

  const othersOf = (tenant: Tenant): Tenant[] => tenants.filter((other) => other !== tenant);

  /** Whose texts, ids and addresses are in what a tenant was shown; must be nobody's. */
  const strangersIn = (tenant: Tenant, shown: unknown): string[] => {
    const text = JSON.stringify(shown);
    return othersOf(tenant)
      .flatMap(({ canary, threadId, credentials, client, runs }) => [
        ...[canary, threadId, credentials.email, client.user.userId],
        ...runs.map(({ runId }) => runId),
      ])
      .filter((secret) => text.includes(secret));
  };

  const eachTenant = <Result>(look: (tenant: Tenant) => Promise<Result>): Promise<Result[]> =>
    Promise.all(tenants.map(look));

  beforeAll(async () => {
    server = await Server.start();
    tenants = await Promise.all(Array.from({ length: USERS }, settle));
    await eachTenant(async (tenant) => {
      tenant.runs.push(...(await Promise.all(oneTo(MESSAGES).map((number) => send(tenant, number)))));
    });
    await eachTenant(({ socket }) => socket.until((events) => endedRuns(events) >= MESSAGES));
  }, 120_000);

  afterAll(() => server?.dispose(), 60_000);

  it('delivers to each exactly their own events: 1, 2, 3 … in order, without a gap', () => {
    for (const { socket, threadId } of tenants) {
      expect(seqsOf(socket.events)).toEqual(oneTo(socket.events.length));
      expect(new Set(socket.events.map((event) => event.threadId))).toEqual(new Set([threadId]));
    }
  });

  it('delivers the end of each run, once', () => {
    for (const { socket, runs } of tenants) {
      const ended = socket.events.filter(({ type }) => type === 'agent_completed').map(({ runId }) => runId);
      expect(ended.toSorted((one, other) => one.localeCompare(other))).toEqual(
        runs.map(({ runId }) => runId).toSorted((one, other) => one.localeCompare(other)),
      );
    }
  });

  it('gives each event an id of its own', () => {
    const ids = tenants.flatMap(({ socket }) => socket.events.map(({ eventId }) => eventId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows nobody anything of somebody else over Socket.IO', () => {
    for (const tenant of tenants) expect(strangersIn(tenant, tenant.socket.received)).toEqual([]);
  });

  it('stores for each what was delivered to them, and nothing else', async () => {
    await eachTenant(async ({ client, threadId, socket }) => {
      const stored: ThreadEvent[] = [];
      for (let after = 0; ; after = stored.length) {
        const page = await client.events(threadId, { after });
        if (page.length === 0) break;
        stored.push(...page);
      }
      expect(stored).toEqual(socket.events);
    });
  });

  it('shows nobody anything of somebody else over REST', async () => {
    await eachTenant(async (tenant) => {
      const { client, threadId, runs, canary } = tenant;
      const shown = await Promise.all([
        client.me(),
        client.threads(),
        client.messages(threadId),
        client.events(threadId),
        client.runs(),
        ...runs.map(({ runId }) => client.runEvents(runId)),
      ]);
      expect(strangersIn(tenant, shown)).toEqual([]);
      expect(shown[1].items).toEqual([
        expect.objectContaining({ threadId, title: `The thread of ${canary}` }),
      ]);
      expect(shown[2]).toHaveLength(2 * MESSAGES);
      expect(shown[4].items).toHaveLength(MESSAGES);
    });
  });

  it('streams to each exactly their own events over server-sent events', async () => {
    await eachTenant(async ({ client, threadId, socket, runs }) => {
      expect(await untilRunsEnd(client.followThread(threadId), MESSAGES)).toEqual(socket.events);
      const [{ runId } = { runId: '' }] = runs;
      expect(await untilRunsEnd(client.followRun(runId))).toEqual(
        socket.events.filter((event) => event.runId === runId),
      );
    });
  });

  it("opens nobody's thread, run or stream for somebody else", async () => {
    await eachTenant(async (tenant) => {
      const token = await tenant.client.accessToken();
      const [neighbour] = othersOf(tenant);
      const { threadId = '', runs = [] } = neighbour ?? {};
      const thread = `/v1/threads/${threadId}`;
      const run = `/v1/runs/${runs[0]?.runId}`;
      const accept = 'text/event-stream';
      const requests = [
        ...[thread, `${thread}/messages`, `${thread}/events`, run, `${run}/events`].map((path) => ({ path })),
        ...[`${thread}/events`, `${run}/events`].map((path) => ({ path, headers: { accept } })),
        { path: `${thread}/messages`, method: 'POST', body: { content: 'hello' } },
      ];
      for (const request of requests) {
        expect(problemIn(await probe(server.url, { ...request, token }))).toMatchObject({ status: 404 });
      }
      expect(await SocketProbe.refusal(server, { token, threadId })).toMatchObject({ status: 404 });
      expect(await tenant.socket.refusalOf('thread_subscribe', { threadId, afterSeq: 0 })).toMatchObject({
        status: 404,
      });
    });
  });

  it('reads back to each their own notes', async () => {
    await eachTenant(async (tenant) => {
      const { client, threadId, canary } = tenant;
      const { seq } = await client.sendMessage(threadId, { content: 'What did you note?' });
      const answer = answerIn(await untilRunsEnd(client.followThread(threadId, { after: seq - 1 })));
      expect(answer.split(canary)).toHaveLength(MESSAGES + 1);
      expect(strangersIn(tenant, answer)).toEqual([]);
    });
  });
});
