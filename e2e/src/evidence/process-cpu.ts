import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { platform } from 'node:os';

/** What the processes that work in a folder have used since they began. */
export interface ProcessUse {
  /** CPU time of Node in milliseconds, exact to one clock tick. */
  readonly nodeCpuMs: number;
  /** CPU time of everything else, which is PostgreSQL, workers that have ended included. */
  readonly postgresCpuMs: number;
  /** The largest memory that Node ever had, in MiB. */
  readonly nodePeakMiB: number;
}

/** Of a server and its embedded database. Undefined where there is no /proc. */
export function useOf(folder: string): ProcessUse | undefined {
  if (platform() !== 'linux') return undefined;
  const tickMs = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const use = { nodeCpuMs: 0, postgresCpuMs: 0, nodePeakMiB: 0 };
  for (const pid of readdirSync('/proc')) {
    const cwd = /^\d+$/.test(pid) ? quietly(() => readlinkSync(`/proc/${pid}/cwd`)) : undefined;
    if (!cwd?.startsWith(folder)) continue;
    const ticks = ticksOf(pid);
    if (/\/node$/.test(quietly(() => readlinkSync(`/proc/${pid}/exe`)) ?? '')) {
      use.nodeCpuMs += ticks.own * tickMs;
      use.nodePeakMiB = Math.max(use.nodePeakMiB, peakOf(pid));
    } else {
      use.postgresCpuMs += (ticks.own + ticks.ended) * tickMs;
    }
  }
  return use;
}

/** Source: proc_pid_stat(5). The command's name may contain anything, so the fields are counted from its end. */
function ticksOf(pid: string): { own: number; ended: number } {
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number): number => fields[number - 3] ?? 0;
  return { own: field(14) + field(15), ended: field(16) + field(17) };
}

const peakOf = (pid: string): number => {
  const status = quietly(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
};

/** A process may end between listing and reading. */
function quietly<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
