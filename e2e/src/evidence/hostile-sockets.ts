import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Server } from '../server.ts';
import { mutated, type Random } from './mutations.ts';

/** Frames on one connection; then there is another one. */
const FRAMES = 20;
const PAUSE_MS = 10;

/** What clients send, as Engine.IO and Socket.IO write it. */
const framesOf = (threadId: string): readonly string[] => [
  '2probe',
  '3',
  '5',
  `421["thread_subscribe",${JSON.stringify({ threadId, afterSeq: 0 })}]`,
  `422["message_send",${JSON.stringify({ threadId, content: 'Hello', agentName: 'mathematician' })}]`,
  `423["run_cancel",${JSON.stringify({ runId: threadId })}]`,
  `42["event_ack",${JSON.stringify({ threadId, seq: 1 })}]`,
  '451-424["thread_subscribe",{"_placeholder":true,"num":0}]',
  '41',
];

/** Sends odd frames, on one connection after the other, until the time is over. @returns how many */
export async function sendOddFrames(
  { url }: Server,
  { token, threadId }: { token: string; threadId: string },
  random: Random,
  isOver: () => boolean,
): Promise<number> {
  const frames = framesOf(threadId);
  let sent = 0;
  while (!isOver()) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    socket.on('error', () => undefined);
    await Promise.race([once(socket, 'open'), once(socket, 'close'), sleep(1_000)]);
    if (random(4) > 0) send(socket, `40${JSON.stringify({ token })}`);
    await sleep(50);
    for (let frame = 0; frame < FRAMES && socket.readyState === WebSocket.OPEN; frame += 1) {
      const text = mutated(frames[random(frames.length)]!, random);
      send(socket, random(5) === 0 ? Buffer.from(text) : text);
      sent += 1;
      await sleep(PAUSE_MS);
    }
    socket.terminate();
  }
  return sent;
}

const send = (socket: WebSocket, data: string | Buffer): void => socket.send(data, () => undefined);
