import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** What a process has used; PostgreSQL runs as its children, and is counted apart. */
export interface ProcessFigures {
  /** In milliseconds, in user and system mode. */
  readonly cpuMs: number;
  /** The same of all its descendants, also of those that have ended. */
  readonly childrenCpuMs: number;
  readonly rssMiB: number;
}

interface Stat {
  readonly parent: number;
  /** Clock ticks of the process itself. */
  readonly own: number;
  /** Clock ticks of its children that have ended. */
  readonly ended: number;
  readonly rssPages: number;
}

/** Undefined where there is no /proc. Exact to one clock tick, which is 10 ms nearly everywhere. */
export function readFigures(pid: number): ProcessFigures | undefined {
  if (platform() !== 'linux') return undefined;
  const stats = readAll();
  const own = stats.get(pid);
  if (!own) return undefined;
  const tickMs = 1000 / settingOf('CLK_TCK');
  const descendants = descendantsOf(pid, stats);
  const ticks = descendants.reduce((sum, stat) => sum + stat.own + stat.ended, own.ended);
  return {
    cpuMs: own.own * tickMs,
    childrenCpuMs: ticks * tickMs,
    rssMiB: (own.rssPages * settingOf('PAGESIZE')) / 2 ** 20,
  };
}

function readAll(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(name) : undefined;
    if (stat) stats.set(Number(name), stat);
  }
  return stats;
}

/** Source: proc_pid_stat(5). The command's name may contain anything, so the fields are counted from its end. */
function readStat(pid: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const field = (number: number): number => fields[number - 3] ?? 0;
    return {
      parent: field(4),
      own: field(14) + field(15),
      ended: field(16) + field(17),
      rssPages: field(24),
    };
  } catch {
    // It ended between listing and reading.
    return undefined;
  }
}

function descendantsOf(pid: number, stats: ReadonlyMap<number, Stat>): Stat[] {
  return [...stats]
    .filter(([, { parent }]) => parent === pid)
    .flatMap(([child, stat]) => [stat, ...descendantsOf(child, stats)]);
}

const settingOf = (name: 'CLK_TCK' | 'PAGESIZE'): number =>
  Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
