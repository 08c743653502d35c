import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { signUp } from './account.ts';
import { probe } from './http-probe.ts';
import { Server } from './server.ts';
import { SocketProbe } from './socket-probe.ts';

const TOKEN = 'metrics-token-of-the-spec';
const POLLING = '/socket.io/?EIO=4&transport=polling';

/** Says something over a bare connection. @returns the answer, when the connection is closed */
async function say(server: Server, text: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const statusOf = async (
  server: Server,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> => (await probe(server.url, { path, headers })).status;

describe('the door of the server', () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.start({ METRICS_TOKEN: TOKEN, SHUTDOWN_DELAY_SECONDS: '2' });
  }, 60_000);
  afterAll(() => server?.dispose(), 60_000);

  it.each(['/v1/me', '/health', '/', POLLING])('has the security headers on %s', async (path) => {
    const { headers } = await fetch(server.url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('is shut to a foreign host name, over HTTP and Socket.IO alike', async () => {
    const ask = (path: string, host: string): Promise<string> =>
      say(server, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    for (const path of ['/v1/me', '/docs', '/v1/nowhere', POLLING])
      expect(await ask(path, 'evil.example')).toMatch(/^HTTP\/1\.1 421 .*host_not_allowed/s);
    const upgrade =
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    expect(await say(server, upgrade)).toMatch(/^HTTP\/1\.1 421 .*host_not_allowed/s);
    expect(await ask('/health/live', '10.0.0.7')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask('/v1/me', 'localhost:3000')).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('answers a path that leaves the folder of the pages, and names no defect', async () => {
    for (const path of ['/docs/%2e%2e/package.json', '/docs/..%2f..%2fpackage.json', '/docs/%00']) {
      const status = await statusOf(server, path);
      expect([path, status === 404 || status === 400]).toEqual([path, true]);
    }
  });

  it('points whoever opens its address to the documentation', async () => {
    for (const path of ['/', '/health', '/nowhere'])
      expect((await probe(server.url, { path })).text).toContain('/docs');
    expect(await statusOf(server, '/health')).toBe(200);
  });

  it('titles each problem by its type', async () => {
    const titleOf = async (path: string, method = 'GET'): Promise<unknown> =>
      (JSON.parse((await probe(server.url, { path, method })).text) as { title: unknown }).title;
    expect(await titleOf('/nowhere')).toBe('Not found');
    expect(await titleOf('/v1/me', 'DELETE')).toBe('Method not allowed');
  });

  it('outlives clients that hang up in the middle', async () => {
    const { hostname, port } = new URL(server.url);
    for (let index = 0; index < 30; index += 1) {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.write(
        'POST /v1/auth/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
      );
      socket.resetAndDestroy();
    }
    await sleep(300);
    expect(server.output).not.toMatch(/TypeError|"level":50/);
  });

  it('closes a connection on which a flood of sign-ins comes, and still takes a good one', async () => {
    const opened = (await probe(server.url, { path: POLLING })).text;
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const body = Array.from({ length: 100_000 }, () => '40').join('\x1e');
    await fetch(`${server.url}${POLLING}&sid=${sid}`, { method: 'POST', body }).catch(() => undefined);
    const { client } = await signUp(server);
    const socket = await SocketProbe.connect(server, { token: await client.accessToken() });
    expect(socket.isConnected).toBe(true);
  });

  it('is not ready from the stop signal on, and serves everything else until the delay is over', async () => {
    const { client } = await signUp(server);
    const stopped = server.stop();
    await sleep(300);
    const ready = await probe(server.url, { path: '/health/ready' });
    expect([ready.status, (JSON.parse(ready.text) as { code: string }).code]).toEqual([
      503,
      'server_stopping',
    ]);
    expect(await statusOf(server, '/health/live')).toBe(200);
    expect((await client.createThread()).threadId).toBeDefined();
    await stopped;
  }, 30_000);
});

describe('an address that asks too much', () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.start({ METRICS_TOKEN: TOKEN, REQUESTS_PER_MINUTE_PER_ADDRESS: '40' });
  }, 60_000);
  afterAll(() => server?.dispose(), 60_000);

  it('is refused everywhere but at /health, at authorised metrics, and for users who were there before', async () => {
    const { client } = await signUp(server);
    await client.createThread();
    for (let index = 0; index < 60; index += 1) await statusOf(server, '/nowhere');
    for (const path of [
      '/nowhere',
      '/docs',
      '/openapi.json',
      '/asyncapi.json',
      POLLING,
      '/metrics',
      '/v1/me',
    ])
      expect([path, await statusOf(server, path)]).toEqual([path, 429]);
    for (const path of ['/health', '/health/live', '/health/ready', '/health/startup'])
      expect([path, await statusOf(server, path)]).toEqual([path, 200]);
    expect(await statusOf(server, '/metrics', { authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await statusOf(server, '/v1/me', { authorization: 'Bearer bhk_made-up' })).toBe(429);
    expect((await client.createThread()).threadId).toBeDefined();
  });
});
