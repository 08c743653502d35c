import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Flood, FloodOrder } from './flooder.ts';

// Floods a server for a while, in a process of its own so that it slows down nobody but the server. Tells its parent how
// often it tried, and ends when that hangs up.

const POLLING = '/socket.io/?EIO=4&transport=polling';
const SEPARATOR = '\x1e';
const MIB = 1_048_576;
/** How long an attempt may take before it is given up. */
const PATIENCE_MS = 5_000;

const many = (packet: string, bytes: number): string =>
  Array.from({ length: Math.floor(bytes / (packet.length + 1)) }, () => packet).join(SEPARATOR);

async function openPolling(url: string): Promise<string | undefined> {
  const text = await (await fetch(url + POLLING)).text();
  // Refused: an address may only try so often.
  if (!text.startsWith('0')) return undefined;
  return `${url}${POLLING}&sid=${(JSON.parse(text.slice(1)) as { sid: string }).sid}`;
}

async function openWebSocket(url: string): Promise<WebSocket | undefined> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  socket.on('error', () => undefined);
  const opened = await Promise.race([once(socket, 'message'), once(socket, 'close')]);
  return opened.length > 0 && socket.readyState === WebSocket.OPEN ? socket : undefined;
}

/** Until the server cuts it off. */
async function sendAll(socket: WebSocket, packets: Iterable<string | Buffer>): Promise<void> {
  const closed = once(socket, 'close').catch(() => undefined);
  let sent = 0;
  for (const packet of packets) {
    sent += 1;
    // Lets the end of the connection be noticed.
    if (sent % 500 === 0) await sleep(0);
    if (socket.readyState !== WebSocket.OPEN) break;
    socket.send(packet);
    if (socket.bufferedAmount > MIB) await Promise.race([closed, sleep(5)]);
  }
  await Promise.race([closed, sleep(PATIENCE_MS)]);
  socket.terminate();
}

function* repeat(packet: string | Buffer, times: number, first?: string): Iterable<string | Buffer> {
  if (first !== undefined) yield first;
  for (let index = 0; index < times; index += 1) yield packet;
}

const floods: Readonly<Record<Flood, (order: FloodOrder) => Promise<void>>> = {
  'polling bodies': async ({ url }) => {
    const session = await openPolling(url);
    if (session !== undefined) await fetch(session, { method: 'POST', body: many('40', MIB - 10) });
  },
  frames: async ({ url }) => {
    const socket = await openWebSocket(url);
    if (socket) await sendAll(socket, repeat('40', 40_000));
  },
  attachments: async ({ url }) => {
    const placeholder = '459-["x"]';
    const socket = await openWebSocket(url);
    if (socket) await sendAll(socket, repeat(Buffer.alloc(MIB - 10), 9, placeholder));
  },
  upgrades: async ({ url }) => (await openWebSocket(url))?.terminate(),
  'unfinished bodies': async ({ url }) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    const head = 'POST /v1/auth/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Content-Length: 200000\r\n\r\n{`);
    await Promise.race([once(socket, 'close'), sleep(PATIENCE_MS)]);
    socket.destroy();
  },
  "a user's frames": async ({ url, token }) => {
    const socket = await openWebSocket(url);
    if (!socket) return;
    socket.send(`40${JSON.stringify({ token })}`);
    await Promise.race([once(socket, 'message'), once(socket, 'close')]);
    await sendAll(socket, repeat('420["unknown"]', 100_000));
  },
  "a user's polling bodies": async ({ url, token }) => {
    const session = await openPolling(url);
    if (session === undefined) return;
    await fetch(session, { method: 'POST', body: `40${JSON.stringify({ token })}` });
    await fetch(session);
    await fetch(session, { method: 'POST', body: many('420["unknown"]', MIB - 10) });
  },
};

async function flood(order: FloodOrder): Promise<number> {
  let attempts = 0;
  const end = performance.now() + order.durationMs;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      attempts += 1;
      await floods[order.flood](order).catch(() => undefined);
      await sleep(order.pauseMs);
    }
  };
  await Promise.all(Array.from({ length: order.atOnce }, one));
  return attempts;
}

process.once('message', (order: FloodOrder) => {
  void flood(order).then((attempts) => process.send?.(attempts));
});
process.once('disconnect', () => process.exit());
