import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'raw-socket-io.process.ts');
const compiler = join(import.meta.dirname, '../../../tools/workspace/swc-hook.mjs');

export interface RawSocketIo {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server of nothing but Socket.IO, in a process of its own. */
export async function startRawSocketIo(): Promise<RawSocketIo> {
  const child = fork(program, [], {
    execArgv: ['--conditions=@bulkhead/source', '--import', compiler, '--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      child.disconnect();
      await exited;
    },
  };
}
