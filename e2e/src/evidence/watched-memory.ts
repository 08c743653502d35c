import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import type { Evidence } from './evidence.ts';

const EVERY_MS = 2_000;
const KIB_PER_MIB = 1_024;

/** Samples what the servers of a suite have in memory, together, for the report's plots; where /proc tells it. */
export function watchMemory(evidence: Pick<Evidence, 'sample'>): { stop(): void } {
  if (platform() !== 'linux') return { stop: () => undefined };
  const timer = setInterval(() => {
    const servers = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? residentMiB(name) : []));
    if (servers.length > 0)
      evidence.sample(
        'resident memory of all servers, MiB',
        servers.reduce((sum, each) => sum + each, 0),
      );
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

/** Of a server that this process has started; empty for anything else. */
function residentMiB(pid: string): number[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== process.pid) return [];
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('gateway/dist/main.js')) return [];
    return [Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / KIB_PER_MIB)];
  } catch {
    // It ended between listing and reading.
    return [];
  }
}
