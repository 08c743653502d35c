import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account.ts';
import { probe } from '../http-probe.ts';
import type { Server } from '../server.ts';
import type { Evidence } from './evidence.ts';
import { InspectedHeap } from './inspected-heap.ts';
import { residentBytes } from './resident-bytes.ts';

const STREAMS = 10;
/** How long the server may take to send what the network takes, and to notice that it takes no more. */
const PATIENCE_MS = 60_000;
const POLL_MS = 250;
/** How long what is left may take to be read. */
const READ_MS = 10_000;
/** What the process may take besides: what the allocator keeps of a hundred megabytes that went by. */
const ALLOWANCE_MIB = 16;
/** Where the kernel says how far its buffers of a connection grow, each. */
const kernelLimits = ['/proc/sys/net/ipv4/tcp_wmem', '/proc/sys/net/ipv4/tcp_rmem'];
/** Where it does not say; in bytes, as many as Linux takes by default. */
const OTHERWISE = '6291456';

/** What the network keeps of a stream that nobody reads, in bytes: until then, nothing waits in the server. */
export async function networkBytes(): Promise<number> {
  const limits = kernelLimits.map(async (path) => {
    const text = await readFile(path, 'utf8').catch(() => OTHERWISE);
    return Number(text.trim().split(/\s+/).at(-1));
  });
  return (await Promise.all(limits)).reduce((sum, limit) => sum + limit, 0);
}

/**
 * Server-sent events that nobody reads: the network takes some, and the server must neither keep the rest nor wait for
 * ever. Their cost is what is left of them after a collection: what went by until the network was full is garbage, and
 * how much of that lies about depends on the size of the heap.
 * @param server one that was started `inspectable`
 * @param threadId one with more in it than `networkBytes` @param metricsToken the server's
 */
export async function checkStalledStreams(
  evidence: Evidence,
  server: Server,
  { client }: Account,
  { threadId, metricsToken }: { readonly threadId: string; readonly metricsToken: string },
): Promise<void> {
  const token = await client.accessToken();
  const { lastSeq } = await client.thread(threadId);
  const heap = await InspectedHeap.of(server);
  evidence.defer(() => heap.close());
  const keptBytes = async (): Promise<number> => {
    await heap.usedBytes();
    return residentBytes(server);
  };
  const before = await keptBytes();
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, () =>
      openStream(server, `/v1/threads/${threadId}/events?after=0`, token),
    ),
  );
  let most = before;
  const patience = performance.now() + PATIENCE_MS;
  while ((await slowStreams(server, metricsToken)) < STREAMS && performance.now() < patience) {
    most = Math.max(most, await keptBytes());
    await sleep(POLL_MS);
  }
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
  const grown = Math.round((most - before) / 2 ** 20);
  evidence.target(
    `at a cost, until then, of at most 1.5 MiB each and ${ALLOWANCE_MIB} MiB`,
    grown <= ALLOWANCE_MIB + 1.5 * STREAMS,
    `${grown} MiB`,
  );
}

/** How many streams the server says to have ended because nobody read them. */
async function slowStreams(server: Server, token: string): Promise<number> {
  const { text } = await probe(server.url, { path: '/metrics', token });
  return Number(/^bulkhead_slow_consumers_total\{[^}]*transport="stream"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Asks, and reads nothing of the answer. */
async function openStream(server: Server, path: string, token: string): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const headers = [`GET ${path} HTTP/1.1`, `host: ${hostname}`, 'accept: text/event-stream'];
  // Otherwise the connection outlives a response that came to its end.
  socket.write([...headers, 'connection: close', `authorization: Bearer ${token}`, '', ''].join('\r\n'));
  return socket;
}

/** What the network still had; undefined when the server has not ended it. A reset is an end, too. */
async function readToTheEnd(socket: Socket): Promise<string | undefined> {
  let text = '';
  const closed = new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(true));
    setTimeout(() => resolve(socket.closed), READ_MS);
  });
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const isEnded = await closed;
  socket.destroy();
  return isEnded ? text : undefined;
}
