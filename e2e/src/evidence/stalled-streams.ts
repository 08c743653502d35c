import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account.ts';
import type { Server } from '../server.ts';
import type { Evidence } from './evidence.ts';
import { residentBytes } from './resident-bytes.ts';

const STREAMS = 10;
const STALLED_MS = 6_000;
const PATIENCE_MS = 10_000;

/**
 * Server-sent events that nobody reads: the network takes some, and the server must neither keep the rest nor wait for
 * ever. @param threadId one with more in it than the network takes, some eight megabytes
 */
export async function checkStalledStreams(
  evidence: Evidence,
  server: Server,
  { client }: Account,
  threadId: string,
): Promise<void> {
  const token = await client.accessToken();
  const { lastSeq } = await client.thread(threadId);
  const before = await residentBytes(server);
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, () =>
      openStream(server, `/v1/threads/${threadId}/events?after=0`, token),
    ),
  );
  await sleep(STALLED_MS);
  const grown = Math.round(((await residentBytes(server)) - before) / 2 ** 20);
  const rests = await Promise.all(streams.map(readToTheEnd));
  // Reading on must not bring what was not sent while nobody read.
  const cut = rests.filter((rest) => rest !== undefined && !rest.includes(`id: ${lastSeq}\n`));
  evidence.check(
    'streams of server-sent events that are not read are ended',
    cut.length === STREAMS,
    `${cut.length} of ${STREAMS}`,
  );
  const told = rests.filter((rest) => rest?.includes('slow_consumer')).length;
  evidence.figure('of them told slow_consumer when they read again', told);
  evidence.target('at a cost of at most 4 MiB each', grown <= 4 * STREAMS, `${grown} MiB`);
}

/** Asks, and reads nothing of the answer. */
async function openStream(server: Server, path: string, token: string): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const headers = [`GET ${path} HTTP/1.1`, `host: ${hostname}`, 'accept: text/event-stream'];
  socket.write([...headers, `authorization: Bearer ${token}`, '', ''].join('\r\n'));
  return socket;
}

/** What the network still had; undefined when the server has not ended it. */
async function readToTheEnd(socket: Socket): Promise<string | undefined> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  try {
    await once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE_MS) });
    return text;
  } catch {
    socket.destroy();
    return undefined;
  }
}
