import { Logger } from '@nestjs/common';
import type { UserExecutionContext } from '@bulkhead/user-context';
import pg from 'pg';
import { StepPruning } from './step-pruning.ts';
import { aTool, Gate, openTestExecution, type TestExecution, type TestNode } from './testing/index.ts';

/** A cutoff in the future: everything is old. */
const NOW = -60_000;
const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: ['wait'] };

let test: TestExecution;
let node: TestNode;
let pool: pg.Pool;
let pruning: StepPruning;
const gate = new Gate();
beforeAll(async () => {
  const wait = aTool('wait', async () => {
    await gate.pass();
    return 'done';
  });
  test = await openTestExecution({ tools: [wait], agents: [assistant] }, true);
  node = await test.startNode({ runsPerUser: 1 });
  await node.work();
  pool = new pg.Pool({ connectionString: test.database.database.engineUrl });
  // The pool is not done closing its connections when it says so, and then the database stops.
  pool.on('error', () => undefined);
  pruning = new StepPruning(pool, new Logger());
});
afterAll(async () => {
  gate.open();
  await pool.end();
  await test.close();
});

/** Rows that the durable engine has of the runs, over all of its tables. */
const rowsOf = async (...contexts: UserExecutionContext[]) => {
  const tables = ['workflow_status', 'workflow_input', 'workflow_output', 'operation_outputs'];
  const counts = tables.map((table) => `(select count(*) from dbos.${table} where workflow_uuid = any ($1))`);
  const { rows } = await pool.query<{ count: number }>(`select (${counts.join(' + ')})::int as count`, [
    contexts.map(({ runId }) => runId),
  ]);
  return rows[0]?.count ?? 0;
};
/** Runs that the durable engine has heard the end of. */
const untilFinished = async (...contexts: UserExecutionContext[]) => {
  for (const context of contexts) await node.untilEnded(context);
  const ids = contexts.map(({ runId }) => runId);
  const query = `select from dbos.workflow_status where workflow_uuid = any ($1) and status = 'SUCCESS'`;
  while ((await pool.query(query, [ids])).rowCount !== ids.length) await new Promise(setImmediate);
};

describe('what the durable engine keeps', () => {
  it('is removed of runs that are over, however many batches that takes, and of no others', async () => {
    const ada = await test.signUp();
    const over = await Promise.all(['1', '2', '3', '4', '5'].map(() => test.openThread(ada)));
    for (const context of over) await node.send(context, '/say 1');
    await untilFinished(...over);
    const [running, queued] = [await test.openThread(ada), await test.openThread(ada)];
    await node.send(running, '/tool wait {}');
    await gate.untilWaiting(1);
    await node.send(queued, '/say 1');
    // As one that is put off: finished for the engine, and still to be executed.
    await pool.query(`update dbos.workflow_status set status = 'SUCCESS' where workflow_uuid = $1`, [
      queued.runId,
    ]);
    const before = [await rowsOf(running), await rowsOf(queued)];

    expect(await rowsOf(...over)).toBeGreaterThan(over.length * 3);
    expect(await pruning.prune(NOW, 2)).toBe(over.length);
    expect(await rowsOf(...over)).toBe(0);
    expect([await rowsOf(running), await rowsOf(queued)]).toEqual(before);
    gate.open();
    expect(await node.untilEnded(queued)).toMatchObject({ type: 'agent_completed' });
    expect(await node.untilEnded(running)).toMatchObject({ type: 'agent_completed' });
    await untilFinished(running, queued);
    expect(await pruning.prune(NOW)).toBe(2);
  });

  it('stays for a while after the end', async () => {
    const context = await test.openThread(await test.signUp());
    await node.send(context, '/say 1');
    await untilFinished(context);
    expect(await pruning.prune()).toBe(0);
    expect(await pruning.prune(NOW)).toBe(1);
  });

  it('is left alone while another node is at it', async () => {
    const context = await test.openThread(await test.signUp());
    await node.send(context, '/say 1');
    await untilFinished(context);
    const other = await pool.connect();
    await other.query(`begin; select pg_advisory_xact_lock(hashtextextended('bulkhead step pruning', 0))`);
    expect(await pruning.prune(NOW)).toBe(0);
    await other.query('commit');
    other.release();
    expect(await pruning.prune(NOW)).toBe(1);
  });
});
