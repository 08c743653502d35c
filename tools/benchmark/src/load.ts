import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './percentile.ts';
import { readFigures } from './process-figures.ts';

/** How one run went, in milliseconds from sending the message. */
export interface RunTiming {
  readonly firstEventMs: number;
  readonly completionMs: number;
  readonly events: number;
}

/** One user's way to the server. */
export interface Lane {
  run(): Promise<RunTiming>;
  close(): Promise<void>;
}

export interface LoadOptions {
  /** The server's process. */
  readonly pid: number;
  readonly lanes: readonly Lane[];
  /** Per lane, one after the other. */
  readonly runs: number;
}

export interface LoadFigures {
  readonly runs: number;
  readonly eventsPerRun: number;
  readonly runsPerSecond: number;
  readonly eventsPerSecond: number;
  readonly firstEventMs: { readonly p50: number; readonly p95: number };
  readonly completionMs: { readonly p50: number; readonly p95: number };
  /** Of the server's process alone; absent where the system does not tell. */
  readonly serverCpuMsPerRun?: number;
  /** Of its children, which are PostgreSQL. */
  readonly postgresCpuMsPerRun?: number;
  /** Of the server's process, at the end. */
  readonly serverRssMiB?: number;
}

/** Lets all lanes run at the same time, each its next run when the last one has ended. */
export const measure = ({ pid, lanes, runs }: LoadOptions): Promise<LoadFigures> =>
  watch(pid, async () => (await Promise.all(lanes.map((lane) => repeat(lane, runs)))).flat());

/**
 * Lets runs arrive at a fixed rate, whether or not the former ones have ended: a run is timed from when it was due, so
 * that a server that falls behind can't hide it.
 */
export const measureArrivals = ({ pid, lanes, runs }: LoadOptions, rate: number): Promise<LoadFigures> =>
  watch(pid, async () => {
    const startedAt = performance.now();
    const free = lanes.map((lane) => Promise.resolve(lane));
    const timings: Promise<RunTiming>[] = [];
    for (let index = 0; index < runs; index++) {
      const dueAt = startedAt + (index * 1000) / rate;
      await delay(Math.max(0, dueAt - performance.now()));
      const place = index % lanes.length;
      const running = (free[place] as Promise<Lane>).then(async (lane) => {
        const lateMs = performance.now() - dueAt;
        const { firstEventMs, completionMs, events } = await lane.run();
        return { firstEventMs: firstEventMs + lateMs, completionMs: completionMs + lateMs, events };
      });
      timings.push(running);
      free[place] = running.then(() => lanes[place] as Lane);
    }
    return Promise.all(timings);
  });

async function watch(pid: number, load: () => Promise<readonly RunTiming[]>): Promise<LoadFigures> {
  const before = readFigures(pid);
  const startedAt = performance.now();
  const timings = await load();
  const seconds = (performance.now() - startedAt) / 1000;
  const after = readFigures(pid);
  const events = timings.reduce((sum, timing) => sum + timing.events, 0);
  return {
    runs: timings.length,
    eventsPerRun: events / timings.length,
    runsPerSecond: timings.length / seconds,
    eventsPerSecond: events / seconds,
    firstEventMs: percentiles(timings.map(({ firstEventMs }) => firstEventMs)),
    completionMs: percentiles(timings.map(({ completionMs }) => completionMs)),
    ...(before &&
      after && {
        serverCpuMsPerRun: (after.cpuMs - before.cpuMs) / timings.length,
        postgresCpuMsPerRun: (after.childrenCpuMs - before.childrenCpuMs) / timings.length,
        serverRssMiB: after.rssMiB,
      }),
  };
}

async function repeat(lane: Lane, runs: number): Promise<RunTiming[]> {
  const timings: RunTiming[] = [];
  for (let run = 0; run < runs; run++) timings.push(await lane.run());
  return timings;
}

const percentiles = (values: readonly number[]): { p50: number; p95: number } => ({
  p50: percentile(values, 50),
  p95: percentile(values, 95),
});
