import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesIn } from '../processes.ts';

const POLL_MS = 50;

/** The PostgreSQL of a cluster, as whoever has its machine can treat it. */
export class ClusterDatabase {
  constructor(
    private readonly dataDir: string,
    /** Starts the PostgreSQL again when it has ended. */
    private readonly keeper: ChildProcess,
  ) {}

  /** As a service is stopped: sessions are ended, connections refused until `start`. */
  async stop(): Promise<void> {
    this.keeper.kill('SIGSTOP');
    const [postmaster] = await this.#processes();
    if (postmaster !== undefined) process.kill(postmaster, 'SIGINT');
    while ((await this.#processes()).length > 0) await sleep(POLL_MS);
  }

  start(): void {
    this.keeper.kill('SIGCONT');
  }

  /** As a machine that is out of memory ends it, in the middle of whatever it does; it is started again at once. */
  async crash(): Promise<void> {
    for (const pid of await this.#processes()) process.kill(pid, 'SIGKILL');
  }

  /** The oldest first, which is the one that the others are children of. */
  async #processes(): Promise<number[]> {
    const lines = await processesIn(this.dataDir);
    return lines
      .filter((line) => line.includes('postgres') && !line.includes('embedded-postgres.process'))
      .map((line) => Number(line.split(' ')[0]))
      .sort((one, other) => one - other);
  }
}
