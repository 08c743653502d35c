import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'flooder.process.ts');
const compiler = join(import.meta.dirname, '../../../tools/workspace/swc-hook.mjs');

/** How a server is flooded. */
export type Flood =
  | 'polling bodies'
  | 'frames'
  | 'attachments'
  | 'upgrades'
  | 'unfinished bodies'
  | "a user's frames"
  | "a user's polling bodies";

export interface FloodOrder {
  readonly flood: Flood;
  readonly url: string;
  /** Of the user who floods; the others don't sign in. */
  readonly token: string;
  readonly durationMs: number;
  /** Connections that flood at the same time, and how long each rests between two attempts. */
  readonly atOnce: number;
  readonly pauseMs: number;
}

/** Floods a server from a process of its own. @returns how many attempts it made */
export async function floodFromOutside(order: FloodOrder): Promise<number> {
  const child = fork(program, [], {
    execArgv: ['--conditions=@bulkhead/source', '--import', compiler, '--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  child.send(order);
  const [attempts] = (await Promise.race([once(child, 'message'), exited])) as [unknown];
  if (child.connected) child.disconnect();
  await exited;
  return Number(attempts);
}
