import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseWatchdog } from './database-watchdog.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let database: TestDatabase;
let silent: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  database = await openTestDatabase();
  // Takes connections and never says a word, as a frozen database does.
  silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await database.close();
});

describe('the pulse of the database', () => {
  it('gives up what waits for a database that says nothing, and is quicker about it the next time', async () => {
    const { port } = silent.address() as AddressInfo;
    const pulse = new DatabaseWatchdog(`postgres://x:y@127.0.0.1:${port}/z`);
    const began = performance.now();
    await new Promise<void>((resolve) => pulse.watch(resolve));
    const first = performance.now() - began;
    const again = performance.now();
    await new Promise<void>((resolve) => pulse.watch(resolve));
    expect(performance.now() - again).toBeLessThan(first);
    pulse.close();
  });

  it('leaves alone what waits for a database that is there, however long it takes', async () => {
    const pulse = new DatabaseWatchdog(database.adminUrl);
    let isGivenUp = false;
    const stop = pulse.watch(() => (isGivenUp = true));
    await delay(2_000);
    stop();
    expect(isGivenUp).toBe(false);
    pulse.close();
  });

  it('takes any answer for a sign of life: it asks nobody to wait for less than the others get', async () => {
    const { port } = silent.address() as AddressInfo;
    const pulse = new DatabaseWatchdog(`postgres://x:y@127.0.0.1:${port}/z`);
    let isGivenUp = false;
    const stop = pulse.watch(() => (isGivenUp = true));
    for (let answered = 0; answered < 12; answered += 1) {
      const answer = pulse.watch(() => undefined);
      await delay(300);
      answer();
    }
    stop();
    expect(isGivenUp).toBe(false);
    pulse.close();
  });

  it('does not take for silence what this process slept through', async () => {
    const { port } = silent.address() as AddressInfo;
    const pulse = new DatabaseWatchdog(`postgres://x:y@127.0.0.1:${port}/z`);
    let isGivenUp = false;
    const stop = pulse.watch(() => (isGivenUp = true));
    await delay(500);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_500);
    await delay(1_500);
    stop();
    expect(isGivenUp).toBe(false);
    pulse.close();
  });

  it('asks nothing while nothing waits', async () => {
    const before = sockets.size;
    const pulse = new DatabaseWatchdog(
      `postgres://x:y@127.0.0.1:${(silent.address() as AddressInfo).port}/z`,
    );
    pulse.watch(() => undefined)();
    await delay(500);
    expect(sockets.size).toBe(before);
    pulse.close();
  });
});
