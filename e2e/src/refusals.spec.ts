import { randomUUID } from 'node:crypto';
import { BulkheadClient, type ThreadConnection } from '@bulkhead/client';
import { openThread, signUp, type Account } from './account.ts';
import { problemIn, probe, withoutRequestId } from './http-probe.ts';
import { answerIn, ofType, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';
import { SocketProbe } from './socket-probe.ts';

/** The golden path with one thing wrong at a time, phase by phase. */
describe('off the golden path', () => {
  let server: Server;
  let ada: Account;
  let eve: Account;
  let adasThread: ThreadConnection;
  let evesSocket: SocketProbe;

  beforeAll(async () => {
    server = await Server.start();
    [ada, eve] = await Promise.all([signUp(server), signUp(server)]);
    adasThread = await openThread(server, ada);
    evesSocket = await SocketProbe.connect(server, { token: await eve.client.accessToken() });
  }, 60_000);

  afterAll(() => server?.dispose(), 60_000);

  const get = async (path: string, token: string) => problemIn(await probe(server.url, { path, token }));

  it('refuses to sign up twice', async () => {
    await expect(BulkheadClient.signUp(server.url, ada.credentials)).rejects.toMatchObject({
      code: 'email_taken',
    });
  });

  it('refuses a wrong password and an unknown email alike', async () => {
    const path = '/v1/auth/sign-in';
    const password = 'not the password';
    const [wrong, unknown] = await Promise.all(
      [ada.credentials.email, `nobody-${randomUUID()}@bulkhead.example`].map(async (email) =>
        problemIn(await probe(server.url, { method: 'POST', path, body: { email, password } })),
      ),
    );
    expect(wrong).toMatchObject({ status: 401, code: 'sign_in_refused' });
    expect(withoutRequestId(wrong!)).toEqual(withoutRequestId(unknown!));
  });

  it('ends the session when a refresh token is used a second time', async () => {
    const { refreshToken } = await BulkheadClient.signIn(server.url, ada.credentials);
    const refresh = async (token: string) => {
      const request = { method: 'POST', path: '/v1/auth/refresh', body: { refreshToken: token } };
      const { status, text } = await probe(server.url, request);
      return { status, ...(JSON.parse(text) as { refreshToken: string; accessToken: string }) };
    };
    const first = await refresh(refreshToken);
    const newest = await refresh(first.refreshToken);
    // Nobody can have lost the answer whose token was used since.
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await probe(server.url, { path: '/v1/me', token: newest.accessToken })).status).toBe(401);
  });

  describe('to connect', () => {
    const tokens = [
      ['no token', () => undefined],
      ['an empty token', () => ''],
      ['no text', () => 1],
      ['a made-up token', () => 'made-up'],
      ['a token with another signature', (token: string) => `${token.slice(0, -8)}AAAAAAAA`],
      ['a token without its signature', (token: string) => token.slice(0, token.lastIndexOf('.') + 1)],
      ['a token that says Bearer', (token: string) => `Bearer ${token}`],
    ] as const;

    it.each(tokens)('refuses a socket with %s', async (_case, forge) => {
      const token = forge(await ada.client.accessToken());
      expect(await SocketProbe.refusal(server, { token })).toMatchObject({
        status: 401,
        code: 'unauthenticated',
      });
    });

    it.each(tokens)('refuses a request with %s', async (_case, forge) => {
      const token = forge(await ada.client.accessToken());
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await probe(server.url, { path: '/v1/me', headers });
      expect(problemIn(response)).toMatchObject({ status: 401, code: 'unauthenticated' });
    });

    it('refuses a refresh token in place of an access token', async () => {
      const token = ada.client.refreshToken;
      expect(await SocketProbe.refusal(server, { token })).toMatchObject({ status: 401 });
      expect(await get('/v1/me', token)).toMatchObject({ status: 401 });
    });
  });

  describe('to open a thread', () => {
    it.each(['', '/messages', '/events'])(
      'answers alike for a foreign and an absent thread: GET …%s',
      async (rest) => {
        const token = await eve.client.accessToken();
        const [foreign, absent] = await Promise.all(
          [adasThread.threadId, randomUUID()].map((threadId) => get(`/v1/threads/${threadId}${rest}`, token)),
        );
        expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
        expect(withoutRequestId(foreign!)).toEqual(withoutRequestId(absent!));
      },
    );

    it('answers alike for a foreign and an absent thread: handshake and frames', async () => {
      const token = await eve.client.accessToken();
      const answers = async (threadId: string) => [
        withoutRequestId(await SocketProbe.refusal(server, { token, threadId })),
        await evesSocket.refusalOf('thread_subscribe', { threadId }),
        await evesSocket.refusalOf('thread_subscribe', { threadId, afterSeq: 0 }),
        await evesSocket.refusalOf('message_send', { threadId, content: 'hello' }),
        await evesSocket.refusalOf('event_ack', { threadId, seq: 1 }),
      ];
      const foreign = await answers(adasThread.threadId);
      expect(foreign).toMatchObject(Array(5).fill({ status: 404 }));
      expect(foreign).toEqual(await answers(randomUUID()));
    });

    it('gives each answer a request id of its own, and what is brought about has it too', async () => {
      const token = await (await signUp(server)).client.accessToken();
      const socket = await SocketProbe.connect(server, { token });
      const opened = await socket.ask<{ threadId: string }>('thread_subscribe', {});
      if (!opened.ok) throw new Error('No thread was opened.');
      const { threadId } = opened.data;
      const sent = await socket.ask('message_send', { threadId, content: 'hello' });
      const answers = [
        opened,
        sent,
        await socket.ask('message_send', { threadId, content: '' }),
        await socket.ask('message_send', { threadId: adasThread.threadId, content: 'hello' }),
        await socket.ask('no_such_event', {}),
        await socket.ask('thread_unsubscribe', { threadId }, 'too much'),
        await SocketProbe.refusal(server, { token: 'made-up' }),
      ];
      const ids = answers.map(({ requestId }) => requestId);
      expect(new Set(ids).size).toBe(answers.length);
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      const [queued] = await socket.until((events) => events.some(({ type }) => type === 'run_queued'));
      expect(queued?.requestId).toBe(sent.requestId);
    });

    it('asks for a fresh start when the cursor is beyond the thread', async () => {
      const { threadId } = adasThread;
      await expect(ada.client.openThread({ threadId, afterSeq: 1_000_000 })).rejects.toMatchObject({
        code: 'resync_required',
      });
    });
  });

  describe('to send a message', () => {
    it('refuses one into a foreign thread, and stores nothing', async () => {
      const { threadId } = adasThread;
      await expect(eve.client.sendMessage(threadId, { content: 'hello' })).rejects.toMatchObject({
        status: 404,
      });
      expect(await ada.client.messages(threadId)).toEqual([]);
      expect((await eve.client.runs()).items).toEqual([]);
    });

    it('refuses an unknown agent, and stores nothing', async () => {
      const refusal = { status: 400, code: 'unknown_agent', problem: { field: 'agentName' } };
      await expect(adasThread.send('hello', { agentName: 'nobody' })).rejects.toMatchObject(refusal);
      const message = { content: 'hello', agentName: 'nobody' };
      await expect(ada.client.sendMessage(adasThread.threadId, message)).rejects.toMatchObject(refusal);
      expect(await ada.client.messages(adasThread.threadId)).toEqual([]);
    });
  });

  it('does not execute a tool that the agent is not given', async () => {
    const thread = await openThread(server, ada);
    await thread.send('/tool notes_add {"text":"smuggled"}', { agentName: 'mathematician' });
    const [completed] = ofType(await untilRunsEnd(thread.events()), 'tool_completed');
    expect(completed?.data).toMatchObject({ outcome: 'refused', problem: { code: 'tool_not_permitted' } });
    await thread.send('/tool notes_list {}');
    expect(answerIn(await untilRunsEnd(thread.events()))).not.toContain('smuggled');
  });

  it('does not execute a tool with arguments that do not fit', async () => {
    const thread = await openThread(server, ada);
    await thread.send('/tool notes_add {"text":7}');
    const [completed] = ofType(await untilRunsEnd(thread.events()), 'tool_completed');
    expect(completed?.data).toMatchObject({
      outcome: 'refused',
      problem: { code: 'invalid_tool_arguments' },
    });
  });

  it.each(['no_such_event', 'agent_completed', 'constructor', '__proto__'])(
    'answers an event it does not know: %s',
    async (name) => {
      expect(await evesSocket.refusalOf(name, {})).toMatchObject({ code: 'unknown_event' });
    },
  );

  it('refuses an acknowledgement of what was never sent', async () => {
    const { threadId } = await evesSocket.answerOf<{ threadId: string }>('thread_subscribe', {});
    expect(await evesSocket.refusalOf('event_ack', { threadId, seq: 1 })).toMatchObject({
      code: 'resync_required',
    });
  });

  it("does not let anybody cancel, see or follow another user's run", async () => {
    const thread = await openThread(server, ada);
    const { runId } = await thread.send('/sleep 1000');
    const token = await eve.client.accessToken();
    const answers = async (id: string) => {
      const requests = [
        { path: `/v1/runs/${id}` },
        { path: `/v1/runs/${id}/events` },
        { path: `/v1/runs/${id}/events`, headers: { accept: 'text/event-stream' } },
        { path: `/v1/runs/${id}/cancel`, method: 'POST' },
      ];
      const responses = requests.map(async (request) =>
        problemIn(await probe(server.url, { ...request, token })),
      );
      return [...(await Promise.all(responses)), await evesSocket.refusalOf('run_cancel', { runId: id })];
    };
    const foreign = await answers(runId);
    expect(foreign.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(foreign.map(withoutRequestId)).toEqual((await answers(randomUUID())).map(withoutRequestId));
    expect((await untilRunsEnd(thread.events())).at(-1)).toMatchObject({ type: 'agent_completed' });
  });
});
