import type { Problem } from '@bulkhead/client';
import { signUp, type Account } from './account.ts';
import { badFrames } from './bad-frames.ts';
import { badRequests } from './bad-requests.ts';
import { problemIn, probe, type ProbeRequest } from './http-probe.ts';
import { Server } from './server.ts';
import { SocketProbe } from './socket-probe.ts';

describe('bad input', () => {
  let server: Server;
  let ada: Account;
  let socket: SocketProbe;
  let threadId: string;
  let token: string;

  beforeAll(async () => {
    server = await Server.start();
    ada = await signUp(server);
    token = await ada.client.accessToken();
    ({ threadId } = await ada.client.createThread());
    socket = await SocketProbe.connect(server, { token });
  }, 60_000);

  afterAll(() => server?.dispose(), 60_000);

  /** Everything that a request of Ada's could have changed. */
  const stored = () =>
    Promise.all([ada.client.threads(), ada.client.messages(threadId), ada.client.runs(), ada.client.me()]);

  let before: unknown;
  beforeAll(async () => {
    before = await stored();
  });

  afterEach(async () => {
    const after = await stored();
    const unchanged = before;
    // Only the one that changed something fails, not all that come after it.
    before = after;
    expect(after).toEqual(unchanged);
  });

  const refusal = async ({ path, ...request }: ProbeRequest): Promise<Problem> =>
    problemIn(await probe(server.url, { ...request, path: path.replace(':thread', threadId), token }));

  describe('over REST', () => {
    it.each(badRequests)('is refused by name: %s', async (_name, { field, ...request }) => {
      expect(await refusal(request)).toMatchObject({
        status: 400,
        field: expect.stringContaining(field) as string,
      });
    });

    const json = { 'content-type': 'application/json' };
    const path = '/v1/threads/:thread/messages';
    it.each<[string, ProbeRequest, number]>([
      ['JSON that breaks off', { method: 'POST', path, headers: json, body: '{"content":' }, 400],
      ['text that is no JSON', { method: 'POST', path, headers: json, body: 'hello' }, 400],
      ['an empty body that says it is JSON', { method: 'POST', path, headers: json, body: '' }, 400],
      ['no body', { method: 'POST', path }, 400],
      [
        'a content type of another kind',
        { method: 'POST', path, headers: { 'content-type': 'text/plain' }, body: '{}' },
        415,
      ],
      [
        'a form',
        {
          method: 'POST',
          path,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'content=x',
        },
        415,
      ],
      ['a body above the limit', { method: 'POST', path, body: { content: 'a'.repeat(300_000) } }, 413],
      ['an unknown route', { path: '/v1/nothing' }, 404],
      ['an unknown method', { method: 'DELETE', path: '/v1/threads/:thread/messages' }, 405],
      ['an answer that nobody has', { path: '/v1/threads', headers: { accept: 'image/png' } }, 406],
      ['an id that is too long', { path: `/v1/threads/${'a'.repeat(129)}` }, 400],
      ['a path that is not UTF-8', { path: '/v1/threads/%ED%A0%80' }, 400],
      ['a path that is not encoded', { path: '/v1/threads/%zz' }, 400],
    ])('is refused: %s', async (_name, request, status) => {
      expect(await refusal(request)).toMatchObject({ status });
    });

    it.each([
      ['x-request-id', 'not a uuid'],
      ['x-correlation-id', 'x'.repeat(4_000)],
      ['traceparent', '00-zz-zz-zz'],
      ['user-agent', 'x'.repeat(4_000)],
      ['x-forwarded-for', "'; drop table threads; --"],
    ])('does no harm in a header that is only written down: %s', async (name, value) => {
      const response = await probe(server.url, { path: '/v1/threads', token, headers: { [name]: value } });
      expect(response.status).toBeLessThan(500);
    });
  });

  describe('over Socket.IO', () => {
    const filledIn = (payload: readonly unknown[]): readonly unknown[] =>
      JSON.parse(JSON.stringify(payload).replace('":thread"', JSON.stringify(threadId))) as unknown[];

    it.each(badFrames)('is refused by name: %s', async (_name, event, payload, field) => {
      expect(await socket.refusalOf(event, ...filledIn(payload))).toMatchObject({
        status: 400,
        field: expect.stringContaining(field) as string,
      });
    });

    it.each(badFrames.filter(([, event]) => event === 'message_send').slice(0, 5))(
      'does no harm without an acknowledgement: %s',
      async (_name, event, payload) => {
        socket.tell(event, ...filledIn(payload));
        expect(await socket.refusalOf('no_such_event')).toMatchObject({ code: 'unknown_event' });
      },
    );

    it.each([{ threadId: 'test_1' }, { threadId: 7 }, { extra: 1, threadId: 'x' }])(
      'is refused in the handshake: %j',
      async (auth) => {
        expect(await SocketProbe.refusal(server, { token, ...auth })).toMatchObject({ status: 400 });
      },
    );

    it('keeps the connection', () => {
      expect(socket.isConnected).toBe(true);
      expect(socket.received).toEqual([]);
    });
  });

  it('leaves nothing to complain about in the log', () => {
    expect(server.output).not.toMatch(/"level":[56]0/);
  });
});
