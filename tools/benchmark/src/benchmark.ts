import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkOptions } from './benchmark-options.ts';
import { ChildServer } from './child-server.ts';
import { openFloorLane } from './floor-load.ts';
import { openGatewayLane } from './gateway-load.ts';
import { measure, type Lane, type LoadFigures } from './load.ts';

const gatewayEntry = join(import.meta.dirname, '..', '..', '..', 'apps', 'gateway', 'dist', 'main.js');
const floorEntry = join(import.meta.dirname, 'floor-server.js');

/** The floor is so fast that fewer runs would measure the clock. */
const MIN_FLOOR_RUNS = 2_000;

export interface Level {
  readonly users: number;
  readonly gateway: LoadFigures;
  readonly floor: LoadFigures;
}

/** Measures the gateway, then the floor with as many events per run; yields each number of users when it is done. */
export async function* benchmark({ users, runs }: BenchmarkOptions): AsyncGenerator<Level> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-bench-'));
  const settings = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' };
  const gateway = await ChildServer.start([gatewayEntry], settings);
  try {
    for (const count of users) {
      const figures = await withLanes(
        count,
        () => openGatewayLane(gateway.url),
        (lanes) => measure({ pid: gateway.pid, lanes, runs }),
      );
      yield { users: count, gateway: figures, floor: await measureFloor(count, runs, figures) };
    }
  } finally {
    await gateway.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function measureFloor(
  users: number,
  runs: number,
  { eventsPerRun }: LoadFigures,
): Promise<LoadFigures> {
  const events = Math.round(eventsPerRun);
  const floor = await ChildServer.start([floorEntry, String(events)], {});
  try {
    return await withLanes(
      users,
      () => openFloorLane(floor.url, events),
      (lanes) => measure({ pid: floor.pid, lanes, runs: Math.max(runs, Math.ceil(MIN_FLOOR_RUNS / users)) }),
    );
  } finally {
    await floor.stop();
  }
}

async function withLanes<Result>(
  count: number,
  open: () => Promise<Lane>,
  use: (lanes: readonly Lane[]) => Promise<Result>,
): Promise<Result> {
  const lanes = await Promise.all(Array.from({ length: count }, open));
  try {
    return await use(lanes);
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}
