import { once } from 'node:events';
import { connect } from 'node:net';
import { signUp } from '../account.ts';
import { probe } from '../http-probe.ts';
import type { Server } from '../server.ts';
import { SocketProbe } from '../socket-probe.ts';
import type { Evidence } from './evidence.ts';

const UNAUTHENTICATED_TARGET_MS = 5_000;
const REVOKED_TARGET_MS = 1_000;
const PATIENCE_MS = 20_000;

/** Who may have a connection, and for how long. */
export async function checkConnections(evidence: Evidence, server: Server): Promise<void> {
  await checkOrigins(evidence, server);
  const silent = await Promise.all([
    closesAfter(server, ''),
    closesAfter(server, 'GET / HTTP/1.1\r\nHost: x\r\n'),
  ]);
  const slowest = Math.round(Math.max(...silent));
  evidence.target(
    'a connection that asks for nothing is closed within 5 s',
    slowest <= UNAUTHENTICATED_TARGET_MS,
    `${slowest} ms`,
  );
  await checkRevocation(evidence, server);
}

async function checkOrigins(evidence: Evidence, server: Server): Promise<void> {
  const headers = { origin: 'https://evil.example' };
  const path = '/socket.io/?EIO=4&transport=polling';
  const polling = await probe(server.url, { path, headers });
  const own = await probe(server.url, { path });
  const { sid = '' } = JSON.parse(own.text.slice(1)) as { sid?: string };
  const later = await probe(server.url, { path: `${path}&sid=${sid}`, headers });
  const other = await probe(server.url, { path: `${path}&sid=${sid}`, headers: { 'user-agent': 'another' } });
  const statuses = [polling.status, later.status, other.status];
  evidence.check(
    'a page of another origin may not poll, nor go on with a session, nor may another client',
    own.status === 200 && statuses.every((status) => status === 400 || status === 403),
    statuses.join(' '),
  );
  const refusal = await SocketProbe.connect(server, {}, { origin: 'https://evil.example' }).then(
    () => 'connected',
    (error: Error) => error.message,
  );
  evidence.check('nor may it open a WebSocket', refusal !== 'connected', refusal);
}

/** Milliseconds until the server closes a connection that says only so much. */
async function closesAfter(server: Server, text: string): Promise<number> {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const before = performance.now();
  socket.on('error', () => undefined).resume();
  if (text !== '') socket.write(text);
  await once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE_MS) });
  return performance.now() - before;
}

async function checkRevocation(evidence: Evidence, server: Server): Promise<void> {
  const { client } = await signUp(server);
  const token = await client.accessToken();
  const socket = await SocketProbe.connect(server, { token });
  const before = performance.now();
  await client.signOut();
  await socket.untilClosed();
  const took = Math.round(performance.now() - before);
  evidence.check(
    'a connection whose session ends is told so, and closed',
    JSON.stringify(socket.received.at(-1)) === JSON.stringify({ reason: 'revoked' }),
    JSON.stringify(socket.received.at(-1)),
  );
  evidence.target('within a second', took <= REVOKED_TARGET_MS, `${took} ms`);
}
