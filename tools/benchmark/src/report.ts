import { cpus, platform, release } from 'node:os';
import type { Arrivals, IdleFigures, Level, ThreadPlace } from './benchmark.ts';
import type { LoadFigures } from './load.ts';

/** Everything that was measured; what was not asked for is empty or absent. */
export interface Report {
  readonly takenAt: string;
  readonly machine: object;
  readonly options: object;
  readonly levels: readonly Level[];
  readonly arrivals: readonly Arrivals[];
  readonly thread: readonly ThreadPlace[];
  readonly idle?: IdleFigures;
}

const columns: readonly (readonly [title: string, value: (figures: LoadFigures) => number | undefined])[] = [
  ['runs', ({ runs }) => runs],
  ['events/run', ({ eventsPerRun }) => eventsPerRun],
  ['runs/s', ({ runsPerSecond }) => runsPerSecond],
  ['events/s', ({ eventsPerSecond }) => eventsPerSecond],
  ['first p50 ms', ({ firstEventMs }) => firstEventMs.p50],
  ['first p95 ms', ({ firstEventMs }) => firstEventMs.p95],
  ['done p50 ms', ({ completionMs }) => completionMs.p50],
  ['done p95 ms', ({ completionMs }) => completionMs.p95],
  ['server CPU ms/run', ({ serverCpuMsPerRun }) => serverCpuMsPerRun],
  ['PostgreSQL CPU ms/run', ({ postgresCpuMsPerRun }) => postgresCpuMsPerRun],
  ['server RSS MiB', ({ serverRssMiB }) => serverRssMiB],
];

/** The machine that the figures belong to: they are worth nothing without it. */
export const machine = (): object => ({
  cpus: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  platform: `${platform()} ${release()}`,
  node: process.version,
});

export const header = (): string => row(['load', 'server', ...columns.map(([title]) => title)]);

/** The gateway's figures, the floor's, and how many times the floor's the gateway's are. */
export function rowsOf({ users, gateway, floor }: Level): string {
  const load = `${users} users`;
  const ratios = columns.map(([title, value]) => {
    const [ours, floors] = [value(gateway), value(floor)];
    return title === 'runs' || !ours || !floors ? '' : `× ${show(ours / floors)}`;
  });
  return [lineOf(load, gateway), lineOf(load, floor, 'floor'), row([load, 'ratio', ...ratios])].join('\n');
}

/** One load on the gateway. */
export const lineOf = (load: string, figures: LoadFigures, server = 'gateway'): string =>
  row([load, server, ...columns.map(([, value]) => show(value(figures)))]);

export const idleLine = ({ connections, heapKiBPerConnection, rssKiBPerConnection }: IdleFigures): string =>
  `${connections} idle connections: ${show(heapKiBPerConnection)} KiB of heap each, ${show(rssKiBPerConnection)} KiB of RSS`;

const widths = [11, 7, ...columns.map(([title]) => Math.max(title.length, 8))];

const row = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 1 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
    .join('  ');

/** Three digits are more than a busy machine can promise. */
export function show(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3);
}
