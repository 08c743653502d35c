import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkOptions } from './benchmark-options.ts';
import { ChildServer } from './child-server.ts';
import { openFloorLane } from './floor-load.ts';
import { openGatewayLane, openIdleConnections } from './gateway-load.ts';
import { inspectable, Inspector } from './inspector.ts';
import { measure, measureArrivals, type Lane, type LoadFigures } from './load.ts';
import { medianOf } from './median.ts';
import { readFigures } from './process-figures.ts';

const gatewayEntry = join(import.meta.dirname, '..', '..', '..', 'apps', 'gateway', 'dist', 'main.js');
const floorEntry = join(import.meta.dirname, 'floor-server.js');

/** Events of a run of `/bench 50`, which the floor sends as well. */
const EVENTS = 57;
/** The floor is so fast that fewer runs would measure the clock. */
const MIN_FLOOR_RUNS = 2_000;
/** Users that fixed arrivals are spread over. */
const ARRIVAL_USERS = 50;
/** Messages around each place in the long thread that are measured together. */
const WINDOW = 20;

export interface Level {
  readonly users: number;
  readonly gateway: LoadFigures;
  readonly floor: LoadFigures;
}

/** What runs cost that arrive at a fixed rate per second. */
export interface Arrivals {
  readonly rate: number;
  readonly gateway: LoadFigures;
}

/** What messages cost from a place in one thread on. */
export interface ThreadPlace {
  readonly message: number;
  readonly gateway: LoadFigures;
}

export interface IdleFigures {
  readonly connections: number;
  readonly heapKiBPerConnection: number;
  /** What the operating system counts, absent where it does not tell. */
  readonly rssKiBPerConnection?: number;
}

/** The gateway's and the floor's figures at one number of users, in rounds that take turns. */
export async function measureLevel(
  users: number,
  { runs, rounds, warmUp }: BenchmarkOptions,
): Promise<Level> {
  const perLane = Math.max(2, Math.ceil(runs / users));
  const floorRuns = Math.max(perLane, Math.ceil(MIN_FLOOR_RUNS / users));
  return withGateway({}, (gateway) =>
    withFloor(async (floor) => {
      const results: { gateway: LoadFigures; floor: LoadFigures }[] = [];
      await withLanes(
        users,
        () => openGatewayLane(gateway.url),
        (lanes) =>
          withLanes(
            users,
            () => openFloorLane(floor.url, EVENTS),
            async (floorLanes) => {
              await warm(lanes, warmUp);
              for (let round = 0; round < rounds; round++) {
                results.push({
                  gateway: await measure({ pid: gateway.pid, lanes, runs: perLane }),
                  floor: await measure({ pid: floor.pid, lanes: floorLanes, runs: floorRuns }),
                });
              }
            },
          ),
      );
      return { users, ...medianOf(results) };
    }),
  );
}

/** Runs that arrive whether or not the former ones have ended. */
export const measureRate = (rate: number, { runs, rounds, warmUp }: BenchmarkOptions): Promise<Arrivals> =>
  withGateway({}, ({ pid, url }) =>
    withLanes(
      ARRIVAL_USERS,
      () => openGatewayLane(url),
      async (lanes) => {
        await warm(lanes, warmUp);
        const results: LoadFigures[] = [];
        for (let round = 0; round < rounds; round++)
          results.push(await measureArrivals({ pid, lanes, runs }, rate));
        return { rate, gateway: medianOf(results) };
      },
    ),
  );

/** One thread that grows: what messages cost at its 1st, 50th and 500th, as far as it is long enough. */
export const measureThread = ({ thread: messages, warmUp }: BenchmarkOptions): Promise<ThreadPlace[]> =>
  withGateway({}, ({ pid, url }) =>
    withLanes(
      1,
      () => openGatewayLane(url),
      async ([lane]) => {
        const lanes = [lane as Lane];
        // What is measured is the thread, not a server that has just begun.
        await withLanes(
          1,
          () => openGatewayLane(url),
          (others) => warm(others, warmUp),
        );
        const places: ThreadPlace[] = [];
        let sent = 0;
        for (const message of [1, 50, 500].filter((place) => place + WINDOW <= messages)) {
          if (message - 1 > sent) await measure({ pid, lanes, runs: message - 1 - sent });
          places.push({ message, gateway: await measure({ pid, lanes, runs: WINDOW }) });
          sent = message - 1 + WINDOW;
        }
        return places;
      },
    ),
  );

/** What a connection costs that does nothing, after full collections. */
export const measureIdle = (connections: number): Promise<IdleFigures> =>
  withGateway(inspectable, async ({ pid, url, output }) => {
    const inspector = await Inspector.of(output);
    const { connect, close } = await openIdleConnections(url);
    try {
      await connect(10);
      const [heap, rss] = [await inspector.usedBytes(), readFigures(pid)?.rssMiB];
      await connect(connections);
      const after = readFigures(pid)?.rssMiB;
      const heapKiBPerConnection = ((await inspector.usedBytes()) - heap) / 1024 / connections;
      const isKnown = rss !== undefined && after !== undefined;
      const rssKiB = isKnown && { rssKiBPerConnection: ((after - rss) * 1024) / connections };
      return { connections, heapKiBPerConnection, ...rssKiB };
    } finally {
      inspector.close();
      await close();
    }
  });

/** Writes a CPU profile of the server under load. */
export const profileLoad = (users: number, file: string, { runs, warmUp }: BenchmarkOptions): Promise<void> =>
  withGateway(inspectable, ({ pid, url, output }) =>
    withLanes(
      users,
      () => openGatewayLane(url),
      async (lanes) => {
        await warm(lanes, warmUp);
        const inspector = await Inspector.of(output);
        const load = { pid, lanes, runs: Math.max(2, Math.ceil(runs / users)) };
        await writeFile(file, await inspector.profile(() => measure(load)));
        inspector.close();
      },
    ),
  );

/** Before anything is measured: until then V8 compiles, which is no part of what a run costs. */
async function warm(lanes: readonly Lane[], warmUp: number): Promise<void> {
  const runs = Math.ceil(warmUp / lanes.length);
  await Promise.all(
    lanes.map(async (lane) => {
      for (let run = 0; run < runs; run++) await lane.run();
    }),
  );
}

async function withGateway<Result>(
  environment: Readonly<Record<string, string>>,
  use: (gateway: ChildServer) => Promise<Result>,
): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-bench-'));
  const limits = { CONNECTIONS_PER_USER: '10000' };
  const settings = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...limits };
  const gateway = await ChildServer.start([gatewayEntry], { ...settings, ...environment });
  try {
    return await use(gateway);
  } finally {
    await gateway.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function withFloor<Result>(use: (floor: ChildServer) => Promise<Result>): Promise<Result> {
  const floor = await ChildServer.start([floorEntry, String(EVENTS)], {});
  try {
    return await use(floor);
  } finally {
    await floor.stop();
  }
}

const OPENED_AT_ONCE = 20;

async function withLanes<Result>(
  count: number,
  open: () => Promise<Lane>,
  use: (lanes: readonly Lane[]) => Promise<Result>,
): Promise<Result> {
  const lanes: Lane[] = [];
  try {
    // A few at a time: how many can sign up at once is not what is measured.
    while (lanes.length < count) {
      const opened = Array.from({ length: Math.min(OPENED_AT_ONCE, count - lanes.length) }, open);
      lanes.push(...(await Promise.all(opened)));
    }
    return await use(lanes);
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}
