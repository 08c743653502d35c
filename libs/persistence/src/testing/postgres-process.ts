import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./embedded-postgres.process.ts', import.meta.url));
/** As `npm run dev` runs the sources. */
const compiler = new URL('../../../../tools/workspace/swc-hook.mjs', import.meta.url);
const nodeFlags = ['--conditions=@bulkhead/source', '--import', compiler.href];

/** A server process that started an embedded PostgreSQL of its own. */
export interface PostgresProcess {
  readonly url: string;
  /** Ends the process as a power cut would: it can't clean up. */
  kill(): Promise<void>;
  /** Asks it to stop its PostgreSQL and to end. */
  close(): Promise<void>;
}

/** @param launcher a command that runs the process, e.g. as another user; none by default */
export async function startPostgresProcess(
  dataDir: string,
  launcher: readonly string[] = [],
): Promise<PostgresProcess> {
  const [execPath = process.execPath, ...execArgv] = [...launcher, process.execPath, ...nodeFlags];
  const child = fork(program, [dataDir], { execPath, execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  return { url: await urlOf(child), kill: () => end(child, 'kill'), close: () => end(child, 'disconnect') };
}

async function urlOf(child: ChildProcess): Promise<string> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const failure = once(child, 'exit').then(() => Promise.reject(new Error(complaint)));
  failure.catch(() => undefined);
  const [url] = (await Promise.race([once(child, 'message'), failure])) as [string];
  return url;
}

async function end(child: ChildProcess, how: 'kill' | 'disconnect'): Promise<void> {
  const exited = once(child, 'exit');
  if (how === 'kill') child.kill('SIGKILL');
  else child.disconnect();
  await exited;
}
