import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import WebSocket from 'ws';
import { ConnectionBudgets } from './connection-budgets.ts';

const limits = {
  before: { packets: 12, bytes: 4_096 },
  burst: { packets: 50, bytes: 65_536 },
  perSecond: { packets: 1, bytes: 1 },
};
const POLLING = '/socket.io/?EIO=4&transport=polling';

let http: HttpServer;
let server: Server;
let url: string;
let lastCame = (): void => undefined;
/** How many times somebody asked to be let in, how many frames were handled, and how many connections were closed. */
let seen: { handshakes: number; frames: number; closed: number };

beforeEach(async () => {
  seen = { handshakes: 0, frames: 0, closed: 0 };
  http = createServer();
  server = new Server(http, { serveClient: false });
  const budgets = new ConnectionBudgets(server.engine, limits, () => (seen.closed += 1));
  server.use(({ handshake }, next) => {
    seen.handshakes += 1;
    next((handshake.auth as { isGood?: boolean }).isGood ? undefined : new Error('refused'));
  });
  server.on('connection', (socket) => {
    budgets.admit(socket.conn);
    socket.onAny((_name: string, text: unknown) => {
      seen.frames += 1;
      if (text === 'last') lastCame();
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterEach(() => server.close());

/** A connection over polling that nobody has signed in on. */
async function poll(): Promise<string> {
  const text = await (await fetch(url + POLLING)).text();
  return `${POLLING}&sid=${(JSON.parse(text.slice(1)) as { sid: string }).sid}`;
}

/** @returns the status, 0 when the connection is cut */
const post = (path: string, body: string): Promise<number> =>
  fetch(url + path, { method: 'POST', body }).then(
    ({ status }) => status,
    () => 0,
  );

async function openWebSocket(path = '/socket.io/?EIO=4&transport=websocket'): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws') + path);
  socket.on('error', () => undefined);
  await once(socket, 'message');
  return socket;
}

const packets = (count: number, packet: string): string =>
  Array.from({ length: count }, () => packet).join('\x1e');

describe('a connection that nobody has signed in on', () => {
  it('is closed by a body of many packets before any of them is decoded', async () => {
    expect(await post(await poll(), packets(1_000, '40'))).toBe(0);
    expect(seen).toEqual({ handshakes: 0, frames: 0, closed: 1 });
  });

  it('is closed by a body of many bytes', async () => {
    expect(await post(await poll(), `40${' '.repeat(5_000)}`)).toBe(0);
    expect(seen).toEqual({ handshakes: 0, frames: 0, closed: 1 });
  });

  it('is closed by many bodies', async () => {
    const path = await poll();
    const statuses = [];
    for (let index = 0; index < 10; index += 1) statuses.push(await post(path, '40'));
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(6);
    expect(seen.handshakes).toBeLessThanOrEqual(6);
    expect(seen.closed).toBe(1);
  });

  it('is closed by many frames over WebSocket, of which a handful is looked at', async () => {
    const socket = await openWebSocket();
    for (let index = 0; index < 1_000; index += 1) socket.send('40');
    await once(socket, 'close');
    expect(seen.handshakes).toBeLessThanOrEqual(12);
    expect(seen.closed).toBe(1);
  });

  it('is closed while a frame that is too large still arrives, also in binary attachments', async () => {
    for (const [text, isBinary] of [
      ['40', false],
      ['45', true],
    ] as const) {
      const socket = await openWebSocket();
      socket.send(`${text}1-["x",{"_placeholder":true,"num":0}]`);
      socket.send(isBinary ? Buffer.alloc(10_000) : 'x'.repeat(10_000));
      await once(socket, 'close');
    }
    expect(seen.closed).toBe(2);
  });

  it('is closed by many pings of WebSocket itself', async () => {
    const socket = await openWebSocket();
    for (let index = 0; index < 100; index += 1) socket.ping();
    await once(socket, 'close');
    expect(seen.closed).toBe(1);
  });

  it('shares one budget with its upgrade to WebSocket', async () => {
    const path = await poll();
    await post(path, packets(8, '40'));
    const socket = new WebSocket(`${url}${path}`.replace('http', 'ws').replace('=polling', '=websocket'));
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.send('2probe');
    await once(socket, 'message');
    socket.send('5');
    for (let index = 0; index < 20; index += 1) socket.send('40');
    await once(socket, 'close');
    expect(seen.handshakes).toBeLessThanOrEqual(12);
    expect(seen.closed).toBe(1);
  });
});

describe('a connection with a user', () => {
  it.each([[['polling']], [['websocket']], [['polling', 'websocket']], [['websocket', 'polling']]])(
    'is made over %j as ever, and its frames arrive',
    async (transports) => {
      const client = io(url, { auth: { isGood: true }, transports, forceNew: true, reconnection: false });
      await new Promise<void>(
        (resolve, reject) => void client.once('connect', resolve).once('connect_error', reject),
      );
      for (let index = 0; index < 20; index += 1) client.io.engine.write(`2["frame","${'x'.repeat(500)}"]`);
      const last = new Promise<void>((resolve) => (lastCame = resolve));
      client.io.engine.write('2["frame","last"]');
      await last;
      client.close();
      expect(seen).toMatchObject({ frames: 21, closed: 0 });
    },
  );

  it('is closed when it sends more than a burst at once', async () => {
    const socket = await openWebSocket();
    socket.send('40{"isGood":true}');
    await once(socket, 'message');
    for (let index = 0; index < 1_000; index += 1) socket.send('42["unknown"]');
    await once(socket, 'close');
    expect(seen.frames).toBeLessThanOrEqual(limits.burst.packets);
    expect(seen.closed).toBe(1);
  });

  it('answers as many pings of the server as that sends, and is closed for none of it', async () => {
    const socket = await openWebSocket();
    socket.send('40{"isGood":true}');
    await once(socket, 'message');
    for (let index = 0; index < 1_000; index += 1) socket.send('3');
    const last = new Promise<void>((resolve) => (lastCame = resolve));
    socket.send('42["frame","last"]');
    await last;
    expect(seen).toMatchObject({ frames: 1, closed: 0 });
    socket.close();
  });

  it('is closed by one body of more packets than a burst, before any of them is decoded', async () => {
    const path = await poll();
    expect(await post(path, '40{"isGood":true}')).toBe(200);
    expect(await post(path, packets(1_000, '42["unknown"]'))).toBe(0);
    expect(seen).toMatchObject({ frames: 0, closed: 1 });
  });
});
