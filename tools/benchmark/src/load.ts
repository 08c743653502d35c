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
  readonly firstEventMs: { readonly p50: number; readonly p95: number };
  readonly completionMs: { readonly p50: number; readonly p95: number };
  /** Of the server's process alone; absent where the system does not tell. */
  readonly serverCpuMsPerRun?: number;
  /** Of its children, which are PostgreSQL. */
  readonly postgresCpuMsPerRun?: number;
  /** Of the server's process, at the end. */
  readonly serverRssMiB?: number;
}

/** Lets all lanes run at the same time, after one run each to warm up. */
export async function measure({ pid, lanes, runs }: LoadOptions): Promise<LoadFigures> {
  await Promise.all(lanes.map((lane) => lane.run()));
  const before = readFigures(pid);
  const startedAt = performance.now();
  const timings = (await Promise.all(lanes.map((lane) => repeat(lane, runs)))).flat();
  const seconds = (performance.now() - startedAt) / 1000;
  const after = readFigures(pid);
  return {
    runs: timings.length,
    eventsPerRun: timings.reduce((sum, { events }) => sum + events, 0) / timings.length,
    runsPerSecond: timings.length / seconds,
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
