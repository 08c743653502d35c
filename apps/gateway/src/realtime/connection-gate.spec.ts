import { once } from 'node:events';
import { createServer, request, type Server as HttpServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { AddressCeiling } from '../http/address-ceiling.ts';
import { allowedHosts } from '../http/allowed-hosts.ts';
import { trustedHops } from '../http/client-address.ts';
import { RateLimitedError } from '../rate-limits/rate-limits.errors.ts';
import { ConnectionGate } from './connection-gate.ts';

const POLLING = '/socket.io/?EIO=4&transport=polling';

let http: HttpServer;
let server: Server;
let port: number;
let spent: (string | undefined)[];
let isOver: boolean;

async function open(proxies: string, ceiling = 100): Promise<void> {
  [spent, isOver] = [[], false];
  http = createServer();
  server = new Server(http, { serveClient: false });
  const gate = new ConnectionGate({
    isAllowedHost: allowedHosts('127.0.0.1', ''),
    isTrusted: trustedHops(proxies),
    ceiling: new AddressCeiling(ceiling),
    limits: {
      spend: (address) => {
        spent.push(address);
        if (isOver) throw new RateLimitedError(1, 60);
        return { limit: 1, left: 0, seconds: 60 };
      },
      refusal: () => undefined,
    },
  });
  gate.guard(server.engine, () => false);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  port = (http.address() as AddressInfo).port;
}

afterEach(() => server.close());

async function ask(headers: Record<string, string> = {}): Promise<string> {
  const [response] = (await once(
    request({ port, host: '127.0.0.1', path: POLLING, headers }).end(),
    'response',
  )) as [AsyncIterable<Buffer> & { statusCode: number }];
  let text = `${response.statusCode} `;
  for await (const chunk of response) text += chunk.toString();
  return text;
}

async function upgrade(headers: Record<string, string> = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(
    `GET ${POLLING.replace('=polling', '=websocket')} HTTP/1.1\r\n${lines.join('')}Connection: Upgrade\r\n` +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString();
}

describe('a connection of Socket.IO', () => {
  it.each([
    ['127.0.0.1', '203.0.113.7'],
    ['', '127.0.0.1'],
  ])('has the address that a request of HTTP has when TRUST_PROXY is "%s"', async (proxies, expected) => {
    await open(proxies);
    const seen = new Promise<string>((resolve) =>
      server.on('connection', ({ handshake }) => resolve(handshake.address)),
    );
    const client = io(`http://127.0.0.1:${port}`, {
      extraHeaders: { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' },
      transports: ['websocket'],
      reconnection: false,
    });
    expect(await seen).toBe(expected);
    expect(spent).toEqual([expected]);
    client.close();
  });

  it('is refused with the time to come back when its address is over the limit', async () => {
    await open('');
    isOver = true;
    expect(await ask()).toMatch(/^429 .*"code":"rate_limited".*"retryAfterSeconds":60/);
    expect(await upgrade()).toMatch(/^HTTP\/1\.1 429 .*Retry-After: 60.*rate_limited/s);
    expect(server.engine.clientsCount).toBe(0);
  });

  it('is refused under a foreign host name, and counts for nothing', async () => {
    await open('');
    expect(await ask({ host: 'evil.example' })).toMatch(/^421 .*host_not_allowed/);
    expect(await upgrade({ Host: 'evil.example' })).toMatch(/^HTTP\/1\.1 421 /);
    expect(spent).toEqual([]);
  });

  it('is refused when its address has as many as one may', async () => {
    await open('127.0.0.1', 2);
    const from = (address: string) => ask({ 'x-forwarded-for': address });
    expect(await from('203.0.113.7')).toMatch(/^200 /);
    expect(await from('203.0.113.7')).toMatch(/^200 /);
    expect(await from('203.0.113.7')).toMatch(/^429 .*too_many_connections/);
    expect(await from('203.0.113.8')).toMatch(/^200 /);
  });
});
