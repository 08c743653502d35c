import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabasePulse } from './database-pulse.ts';
import { openTestDatabase, type TestDatabase } from './testing/index.ts';

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
    const pulse = new DatabasePulse(`postgres://x:y@127.0.0.1:${port}/z`);
    await new Promise<void>((resolve) => pulse.watch(resolve));
    const before = sockets.size;
    await new Promise<void>((resolve) => pulse.watch(resolve));
    expect(before).toBeGreaterThan(1);
    expect(sockets.size - before).toBeLessThan(before);
    pulse.close();
  });

  it('leaves alone what waits for a database that is there, however long it takes', async () => {
    const pulse = new DatabasePulse(database.adminUrl);
    let isGivenUp = false;
    const stop = pulse.watch(() => (isGivenUp = true));
    await delay(2_000);
    stop();
    expect(isGivenUp).toBe(false);
    pulse.close();
  });

  it('asks nothing while nothing waits', async () => {
    const before = sockets.size;
    const pulse = new DatabasePulse(`postgres://x:y@127.0.0.1:${(silent.address() as AddressInfo).port}/z`);
    pulse.watch(() => undefined)();
    await delay(500);
    expect(sockets.size).toBe(before);
    pulse.close();
  });
});
