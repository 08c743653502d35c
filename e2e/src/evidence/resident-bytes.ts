import { readFile } from 'node:fs/promises';
import { processesIn } from '../processes.ts';
import type { Server } from '../server.ts';

/** Memory of a server's own process, without its PostgreSQL. */
export async function residentBytes(server: Server): Promise<number> {
  const [own = ''] = (await processesIn(server.dataDir)).filter((line) => line.includes('main.js'));
  const status = await readFile(`/proc/${own.split(' ')[0]}/status`, 'utf8').catch(() => '');
  return 1_024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
