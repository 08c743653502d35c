import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Server } from 'socket.io';
import { ReconnectingSocket } from './reconnecting-socket.ts';

let http: HttpServer;
let server: Server;
let socket: ReconnectingSocket;
const transports: string[] = [];
const swallowed: Duplex[] = [];

const observer = (connected: () => void) => ({
  threadId: 'thread',
  connected,
  received: () => undefined,
  resyncRequired: () => undefined,
  interrupted: () => undefined,
  refused: () => undefined,
});

/** A server behind something that treats upgrades in its own way. */
async function connectThrough(onUpgrade: (socket: Duplex) => unknown): Promise<void> {
  http = createServer();
  server = new Server(http);
  const left = new Promise<void>((resolve) =>
    server.on('connection', (socket) => {
      transports.push(socket.conn.transport.name);
      socket.once('disconnect', () => resolve());
    }),
  );
  http.removeAllListeners('upgrade').on('upgrade', (_request, stream: Duplex) => onUpgrade(stream));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const credential = { token: () => Promise.resolve('token'), refuse: () => undefined };
  socket = new ReconnectingSocket(`http://127.0.0.1:${port}`, credential);
  await new Promise<void>((resolve) => {
    const watcher = observer(() => {
      resolve();
      socket.leave(watcher);
    });
    socket.join(watcher);
  });
  await left;
}

beforeEach(() => transports.splice(0));
afterEach(async () => {
  for (const stream of swallowed.splice(0)) stream.destroy();
  await server.close();
  // The client's last request ends with the server.
  await delay(50);
});

describe('a client whose WebSocket is blocked on the way', () => {
  it.each([
    ['cut', (stream: Duplex) => stream.destroy()],
    ['refused', (stream: Duplex) => stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')],
    ['taken for plain HTTP', (stream: Duplex) => stream.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
  ])('connects by polling when the upgrade is %s', async (_case, onUpgrade) => {
    await connectThrough(onUpgrade);
    expect(transports).toEqual(['polling']);
  });

  it('connects by polling when the upgrade is swallowed', async () => {
    await connectThrough((stream) => swallowed.push(stream));
    expect(transports).toEqual(['polling']);
  }, 30_000);
});
