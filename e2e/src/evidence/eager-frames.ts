import { setTimeout as sleep } from 'node:timers/promises';
import { Manager } from 'socket.io-client';

/** How long the server is given to answer what it must not, in milliseconds. */
const PATIENCE_MS = 1_500;

/**
 * Sends a CONNECT and, in the same tick, frames that would each make a thread: before the server can have said no.
 * @returns how many of the frames were acknowledged
 */
export async function eagerFrames(url: string, token: string | undefined, frames: number): Promise<number> {
  const manager = new Manager(url, { transports: ['websocket'], autoConnect: false, reconnection: false });
  await new Promise<void>((resolve, reject) => {
    manager.once('open', resolve);
    manager.once('error', reject);
    manager.open();
  });
  let answers = 0;
  // The wire itself: a packet of type 0 is CONNECT, 2 an event, 3 its acknowledgement.
  manager.engine.on('data', (packet: unknown) => {
    if (typeof packet === 'string' && packet.startsWith('3')) answers += 1;
  });
  const closed = new Promise<void>((resolve) => manager.engine.once('close', () => resolve()));
  manager.engine.write(`0${JSON.stringify({ token })}`);
  for (let id = 0; id < frames; id += 1) manager.engine.write(`2${id}["thread_subscribe",{}]`);
  await Promise.race([closed, sleep(PATIENCE_MS)]);
  manager.engine.close();
  return answers;
}
