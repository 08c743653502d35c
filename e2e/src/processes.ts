import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

/**
 * The living processes that work in a folder, as `pid command`. On Linux also those that hide it from their
 * command line, by their working directory, as PostgreSQL's workers do.
 */
export async function processesIn(folder: string): Promise<string[]> {
  if (platform() !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,command=']);
    return stdout.split('\n').filter((line) => line.includes(folder));
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [command, cwd] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ]);
      // A zombie has neither.
      return command.includes(folder) || cwd.startsWith(folder)
        ? [`${pid} ${command.replaceAll('\0', ' ')}`]
        : [];
    }),
  );
  return found.flat();
}
