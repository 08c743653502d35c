import { Logger } from '@nestjs/common';
import { openPool } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import type pg from 'pg';
import { NodeIdTakenError } from '../execution.errors.ts';
import { NodeLock } from './node-lock.ts';

let database: TestDatabase;
const pools: pg.Pool[] = [];
const leases: NodeLock[] = [];
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await openTestDatabase();
});
afterEach(async () => {
  leases.splice(0).forEach((lease) => lease.release());
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  // The server lets go of a lock when it notices that the connection has ended.
  while ((await holders()).length > 0);
});
afterAll(() => database.close());

/** Each node has a pool of its own. */
async function take(nodeId: string): Promise<NodeLock> {
  const pool = openPool(database.database.engineUrl);
  pool.on('error', () => undefined);
  pools.push(pool);
  const lease = await NodeLock.take(pool, nodeId, new Logger());
  leases.push(lease);
  return lease;
}

/** The connections that hold a node id. */
const holders = () =>
  database.asAdmin(async (admin) => {
    const { rows } = await admin.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and granted`,
    );
    return rows.map(({ pid }) => pid);
  });
const terminate = (pid: number) =>
  database.asAdmin((admin) => admin.query('select pg_terminate_backend($1, 5000)', [pid]));

describe("a node's claim to its id", () => {
  it('is refused while another node has it, and leaves no connection behind', async () => {
    await take('node-1');
    await expect(take('node-1')).rejects.toThrow(NodeIdTakenError);
    expect(pools.at(-1)?.totalCount).toBe(0);
  });

  it('is nothing to a node with another id', async () => {
    await Promise.all([take('node-1'), take('node-2')]);
    expect(await holders()).toHaveLength(2);
  });

  it('is free again when it is released, also for a node that asks a moment too early', async () => {
    const former = await take('node-1');
    const next = take('node-1');
    former.release();
    await expect(next).resolves.toBeDefined();
  });

  it('is made again when its connection is lost, and the process lives on', async () => {
    await take('node-1');
    const [lost = 0] = await holders();
    await terminate(lost);
    while ((await holders()).length === 0);
    expect(await holders()).not.toContain(lost);
    await expect(take('node-1')).rejects.toThrow(NodeIdTakenError);
  });

  it('is not made again when it was released', async () => {
    const lease = await take('node-1');
    const [pid = 0] = await holders();
    lease.release();
    await terminate(pid);
    await expect(take('node-1')).resolves.toBeDefined();
  });
});
