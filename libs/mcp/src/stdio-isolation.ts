import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { visibleText } from './visible-text.ts';

const PROBE_TIMEOUT_MS = 10_000;
const MAX_REASON_LENGTH = 300;
/** Where Linux distributions keep the commands of util-linux. */
const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin'];

/** Words to put before a command line, or why there are none. */
export type Launcher = { readonly words: readonly string[] } | { readonly problem: string };

/**
 * Covers each path up to `--`, a folder by an empty one and a file by nothing, and runs the rest without capabilities,
 * which could uncover them, and without a way to get new ones.
 */
const script = `set -e
setpriv=$1; mount=$2; shift 2
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then "$mount" -t tmpfs -o size=64k,mode=755 bulkhead "$1"
  elif [ -e "$1" ]; then "$mount" --bind /dev/null "$1"; fi
  shift
done
shift
cd "$PWD" 2>/dev/null || cd /
unset PWD OLDPWD SHLVL
exec "$setpriv" --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$@"`;

/**
 * How a child process is kept from what this process may read: in a user, mount, PID and IPC namespace of its own
 * (namespaces(7)) it sees no other process, not even this one and its environment, and finds `hiddenPaths` empty. The
 * kernel ends it together with this process, however that ends. Needs util-linux, and a kernel or container that permits
 * user namespaces.
 */
export async function isolatingLauncher(
  hiddenPaths: readonly string[],
  searched = folders,
): Promise<Launcher> {
  if (process.platform !== 'linux')
    return { problem: `there is no way to isolate it on ${process.platform}` };
  const [unshare, setpriv, mount, shell] = ['unshare', 'setpriv', 'mount', 'sh'].map((command) =>
    find(command, searched),
  );
  if (!unshare || !setpriv || !mount || !shell) {
    return { problem: 'unshare, setpriv and mount (util-linux) are not all installed' };
  }
  const words = [
    ...[setpriv, '--pdeathsig', 'KILL', '--', unshare, '--user', '--map-current-user', '--keep-caps'],
    ...['--mount', '--mount-proc', '--pid', '--ipc', '--fork', '--kill-child=KILL', '--'],
    ...[shell, '-c', script, 'isolate', setpriv, mount, ...hiddenPaths.map((path) => resolve(path)), '--'],
  ];
  const problem = await problemOf([...words, shell, '-c', 'exit 0']);
  return problem === undefined ? { words } : { problem };
}

/** As before there was isolation; the kernel still ends the child with this process where `setpriv` is there. */
export function plainLauncher(): Launcher {
  const setpriv = process.platform === 'linux' ? find('setpriv') : undefined;
  return { words: setpriv ? [setpriv, '--pdeathsig', 'KILL', '--no-new-privs', '--'] : [] };
}

function find(command: string, searched = folders): string | undefined {
  return searched.map((folder) => `${folder}/${command}`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function problemOf([command = '', ...args]: readonly string[]): Promise<string | undefined> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {},
    timeout: PROBE_TIMEOUT_MS,
  });
  let said = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (said = `${said}${text}`.slice(-MAX_REASON_LENGTH)));
  const failed = once(child, 'error').then(([error]) => String(error));
  const ended = once(child, 'close').then(([code]) => (code === 0 ? undefined : `exit code ${String(code)}`));
  const outcome = await Promise.race([ended, failed]).catch(String);
  return outcome === undefined
    ? undefined
    : `namespaces are not permitted here (${visibleText(said || outcome, MAX_REASON_LENGTH)})`;
}
