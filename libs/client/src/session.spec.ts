import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthorizedRequests } from './authorized-requests.ts';
import { ConnectionError } from './connection.error.ts';
import { ProblemError } from './problem.error.ts';
import type { SignedIn } from './resources.ts';
import { Session } from './session.ts';

const HOUR_MS = 3_600_000;
const problem = (status: number): object => ({
  type: 'urn:x',
  title: 'x',
  status,
  code: `code_${status}`,
  detail: 'No.',
});

/** Tokens of the nth refresh; the sign-in's have number 0. */
const tokens = (number: number, lifetimeMs = HOUR_MS): SignedIn => ({
  user: { userId: 'u', email: 'a@b.example', displayName: 'a', roles: ['user'] },
  accessToken: `access-${number}`,
  accessTokenExpiresAt: new Date(Date.now() + lifetimeMs).toISOString(),
  refreshToken: `refresh-${number}`,
});

describe('Session', () => {
  let server: Server;
  let baseUrl: string;
  let refreshes: string[];
  let requests: string[];
  /** The tokens that the server takes. */
  let good: Set<string>;
  let refreshStatus: number;
  /** How many answers to a refresh get lost on the way. */
  let lostAnswers: number;

  const answer = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url !== '/v1/auth/refresh') {
      const token = String(request.headers.authorization).replace('Bearer ', '');
      requests.push(token);
      return good.has(token) ? answer(response, 200, { token }) : answer(response, 401, problem(401));
    }
    const [body] = (await request.toArray()) as [Buffer];
    refreshes.push((JSON.parse(body.toString()) as { refreshToken: string }).refreshToken);
    if (lostAnswers-- > 0) return void response.destroy();
    if (refreshStatus !== 200) return answer(response, refreshStatus, problem(refreshStatus));
    good.add(`access-${refreshes.length}`);
    answer(response, 200, tokens(refreshes.length));
  };

  beforeEach(async () => {
    [refreshes, requests, good, refreshStatus] = [[], [], new Set(['access-0']), 200];
    lostAnswers = 0;
    server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const as = (session: Session): AuthorizedRequests => new AuthorizedRequests(baseUrl, session);

  const tokenSeen = async (response: Response): Promise<string> =>
    ((await response.json()) as { token: string }).token;

  it('uses its token as long as it is good', async () => {
    const session = new Session(baseUrl, tokens(0));
    expect(await tokenSeen(await as(session).send({ path: '/v1/me' }))).toBe('access-0');
    expect(refreshes).toEqual([]);
  });

  it('refreshes once, however many ask at the same time', async () => {
    const session = new Session(baseUrl, tokens(0, 1_000));
    const asked = await Promise.all(Array.from({ length: 20 }, () => session.token()));
    expect(new Set(asked)).toEqual(new Set(['access-1']));
    expect(refreshes).toEqual(['refresh-0']);
    expect(session.refreshToken).toBe('refresh-1');
  });

  it('uses each refresh token once', async () => {
    const session = new Session(baseUrl, tokens(0, 1_000));
    await session.token();
    session.refuse('access-1');
    expect(await session.token()).toBe('access-2');
    expect(refreshes).toEqual(['refresh-0', 'refresh-1']);
  });

  it('renews a refused token, once for all who were refused, and repeats their requests', async () => {
    const session = new Session(baseUrl, tokens(0));
    good.clear();
    const answers = await Promise.all(Array.from({ length: 5 }, () => as(session).send({ path: '/v1/me' })));
    expect(await Promise.all(answers.map(tokenSeen))).toEqual(Array.from({ length: 5 }, () => 'access-1'));
    expect(refreshes).toEqual(['refresh-0']);
  });

  it('does not renew a token because an older one was refused', async () => {
    const session = new Session(baseUrl, tokens(0));
    session.refuse('access-of-before');
    expect(await session.token()).toBe('access-0');
  });

  it('passes on why a refresh was refused', async () => {
    refreshStatus = 401;
    const session = new Session(baseUrl, tokens(0, 1_000));
    await expect(session.token()).rejects.toMatchObject({ code: 'code_401', status: 401 });
    await expect(session.token()).rejects.toThrow(ProblemError);
  });

  it('tries again after a refresh that failed', async () => {
    refreshStatus = 503;
    const session = new Session(baseUrl, tokens(0, 1_000));
    await expect(session.token()).rejects.toMatchObject({ status: 503 });
    refreshStatus = 200;
    expect(await session.token()).toBe('access-2');
  });

  it('asks again with the same token when the answer is lost, which is what the server may permit', async () => {
    lostAnswers = 1;
    const session = new Session(baseUrl, tokens(0, 1_000));
    expect(await session.token()).toBe('access-2');
    expect(refreshes).toEqual(['refresh-0', 'refresh-0']);
  });

  it('tells each refresh token at once to whoever stores them', async () => {
    const stored: string[] = [];
    const onRefreshToken = (token: string): void => void stored.push(token);
    const session = new Session(baseUrl, tokens(0, 1_000), { onRefreshToken });
    await session.token();
    expect(stored).toEqual(['refresh-0', 'refresh-1']);
  });

  it('lets a caller give up without stopping the refresh for the others', async () => {
    const session = new Session(baseUrl, tokens(0, 1_000));
    const abort = new AbortController();
    const asked = [session.token(abort.signal), session.token()];
    const reason = new Error('changed my mind');
    abort.abort(reason);
    await expect(asked[0]).rejects.toBe(reason);
    expect(await asked[1]).toBe('access-1');
    expect(refreshes).toEqual(['refresh-0']);
  });

  it('tells an absent server from one that refuses', async () => {
    const absent = new AuthorizedRequests('http://127.0.0.1:9', new Session(baseUrl, tokens(0)));
    await expect(absent.send({ path: '/v1/me' })).rejects.toThrow(ConnectionError);
  });

  it('passes on the reason of an aborted request', async () => {
    const session = new Session(baseUrl, tokens(0));
    const reason = new Error('changed my mind');
    await expect(as(session).send({ path: '/v1/me', signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(requests).toEqual([]);
  });
});
