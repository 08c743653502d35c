import { cpus, platform, release } from 'node:os';
import type { Level } from './benchmark.ts';
import type { LoadFigures } from './load.ts';

const columns: readonly (readonly [title: string, value: (figures: LoadFigures) => number | undefined])[] = [
  ['runs', ({ runs }) => runs],
  ['events/run', ({ eventsPerRun }) => eventsPerRun],
  ['runs/s', ({ runsPerSecond }) => runsPerSecond],
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

export const header = (): string => row(['users', 'server', ...columns.map(([title]) => title)]);

/** The gateway's figures, the floor's, and how many times the floor's the gateway's are. */
export function rowsOf({ users, gateway, floor }: Level): string {
  const cells = (figures: LoadFigures): string[] => columns.map(([, value]) => show(value(figures)));
  const ratios = columns.map(([title, value]) => {
    const [ours, floors] = [value(gateway), value(floor)];
    return title === 'runs' || !ours || !floors ? '' : `× ${show(ours / floors)}`;
  });
  return [
    row([String(users), 'gateway', ...cells(gateway)]),
    row([String(users), 'floor', ...cells(floor)]),
    row([String(users), 'ratio', ...ratios]),
  ].join('\n');
}

const widths = [5, 7, ...columns.map(([title]) => Math.max(title.length, 8))];

const row = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 1 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
    .join('  ');

/** Three digits are more than a busy machine can promise. */
function show(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3);
}
