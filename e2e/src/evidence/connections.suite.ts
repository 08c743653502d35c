import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { signUp } from '../account.ts';
import { Server } from '../server.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { inWaves } from './in-waves.ts';
import { inspectable, InspectedHeap } from './inspected-heap.ts';

const HEAP_TARGET_BYTES = 15 * 1024;
const USERS = 20;
/** How long what is closed may take to be forgotten, in milliseconds. */
const SETTLE_MS = 3_000;
/** Connections that are made at the same time. */
const AT_ONCE = 25;
const ANSWER_TIMEOUT_MS = 30_000;

export const connections: EvidenceSuite = {
  name: 'connections',
  promise: 'An idle connection costs little, and leaves nothing behind.',
  tried:
    'Thousands of sockets sign in, follow threads and close; the heap is measured over the inspector after full collections.',
  async run(evidence) {
    const count = evidence.long ? 2_000 : 400;
    const server = await Server.start({ ...inspectable, CONNECTIONS_PER_USER: `${count}` });
    evidence.defer(() => server.dispose());
    const heap = await InspectedHeap.of(server);
    evidence.defer(() => heap.close());
    const tokens = await signUpMany(server);
    // What the first connections load stays loaded.
    await closeAll(await connectMany(server, tokens, count / 2));
    await sleep(SETTLE_MS);
    const before = await heap.usedBytes();

    const sockets = await connectMany(server, tokens, count);
    evidence.defer(() => closeAll(sockets));
    await sleep(500);
    const each = Math.round(((await heap.usedBytes()) - before) / count);
    evidence.figure('idle authenticated connections', count);
    evidence.check('heap per connection is at most 15 KiB', each <= HEAP_TARGET_BYTES, `${each} bytes`);

    // Each makes a thread: thousands at the same moment would be another test.
    await inWaves(sockets.length, AT_ONCE, (index) =>
      sockets[index]!.timeout(ANSWER_TIMEOUT_MS).emitWithAck('thread_subscribe', {}),
    );
    await sleep(500);
    const following = Math.round(((await heap.usedBytes()) - before) / count);
    evidence.figure('bytes per connection that follows a thread', following);

    await closeAll(sockets);
    await sleep(SETTLE_MS);
    const left = Math.round(((await heap.usedBytes()) - before) / count);
    // A megabyte is what a heap of this size breathes by itself; few connections can't be told from it.
    const allowance = Math.max(1_024, 1_048_576 / count);
    evidence.check('closed connections leave less than 1 KiB each', left < allowance, `${left} bytes`);
  },
};

const signUpMany = (server: Server): Promise<string[]> =>
  Promise.all(Array.from({ length: USERS }, async () => (await signUp(server)).client.accessToken()));

async function connectMany(server: Server, tokens: readonly string[], count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const worker = async (): Promise<void> => {
    while (sockets.length < count) {
      const auth = { token: tokens[sockets.length % tokens.length] };
      const socket = io(server.url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
      sockets.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve).once('connect_error', reject);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sockets;
}

async function closeAll(sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.disconnect();
  await sleep(500);
}
