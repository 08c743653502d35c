import { io, type Socket } from 'socket.io-client';
import type { Lane, RunTiming } from './load.ts';

/** A connection to the floor, which ends a run with its `events`th event. */
export async function openFloorLane(url: string, events: number): Promise<Lane> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  const close = (): Promise<void> => {
    socket.disconnect();
    return Promise.resolve();
  };
  return { run: () => runOnce(socket, events), close };
}

function runOnce(socket: Socket, events: number): Promise<RunTiming> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let firstEventMs: number | undefined;
    let received = 0;
    socket.on('message_delta', () => {
      firstEventMs ??= performance.now() - startedAt;
      if (++received < events) return;
      socket.off('message_delta');
      resolve({ firstEventMs, completionMs: performance.now() - startedAt, events });
    });
    socket.emit('run', '/bench 50', () => undefined);
  });
}
