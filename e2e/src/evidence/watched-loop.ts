import type { Server } from '../server.ts';
import { InspectedHeap } from './inspected-heap.ts';

/** How often the loop is looked at, in milliseconds. */
const TICK_MS = 20;

/** Runs in the server: how much later than due a timer came, and how long the process was at work meanwhile. */
const watch = `(() => {
  const seen = (globalThis.__watchedLoop = { longest: 0, waited: 0, over: 0 });
  let at = performance.now();
  let cpu = process.cpuUsage();
  setInterval(() => {
    const now = performance.now();
    const used = process.cpuUsage(cpu);
    const late = now - at - ${TICK_MS};
    const blocked = Math.min(late, (used.user + used.system) / 1000);
    seen.waited = Math.max(seen.waited, late);
    seen.longest = Math.max(seen.longest, blocked);
    if (blocked > 250) seen.over += 1;
    at = now;
    cpu = process.cpuUsage();
  }, ${TICK_MS}).unref();
})()`;

export interface LoopTimes {
  /** The longest that the loop was kept by the process's own work, in milliseconds: a machine's other work doesn't count. */
  readonly longest: number;
  /** The longest that it came late, for whatever reason. */
  readonly waited: number;
  /** How often it was kept for more than 250 ms. */
  readonly over: number;
}

/** The event loop of a running server, measured from inside over the inspector. */
export class WatchedLoop {
  private constructor(private readonly inspector: InspectedHeap) {}

  /** @param server one that was started `inspectable` */
  static async of(server: Server): Promise<WatchedLoop> {
    const inspector = await InspectedHeap.of(server);
    await inspector.evaluate(watch);
    return new WatchedLoop(inspector);
  }

  async times(): Promise<LoopTimes> {
    return (await this.inspector.evaluate('globalThis.__watchedLoop')) as LoopTimes;
  }

  /** What was seen up to now counts for nothing any more. */
  async forget(): Promise<void> {
    await this.inspector.evaluate(
      'Object.assign(globalThis.__watchedLoop, { longest: 0, waited: 0, over: 0 })',
    );
  }

  close(): void {
    this.inspector.close();
  }
}
