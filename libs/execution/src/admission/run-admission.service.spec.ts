import { randomUUID } from 'node:crypto';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { DatabaseUnavailableError, runs } from '@bulkhead/persistence';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { UnknownAgentError } from '../execution.errors.ts';
import { openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: [] };
/** Everything that belongs to an accepted message. */
const tables = [
  'bulkhead.runs',
  'bulkhead.events',
  'bulkhead.messages',
  'bulkhead.audit_log',
  'bulkhead.run_queue',
] as const;

let test: TestExecution;
let node: TestNode;
let ada: Identity;
let context: UserExecutionContext;
beforeAll(async () => {
  test = await openTestExecution({ agents: [assistant] });
  node = await test.startNode();
  await node.work();
});
beforeEach(async () => {
  ada = await test.signUp();
  context = await test.openThread(ada);
});
afterAll(() => test.close());

/** Rows of a user by table, looked at from behind row-level security. */
const storedFor = ({ userId }: Pick<Identity, 'userId'>) =>
  test.database.asAdmin(async (admin) => {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rowCount } = await admin.query(`select from ${table} where user_id = $1`, [userId]);
      counts[table] = rowCount ?? 0;
    }
    return counts;
  });
const rowsEach = (count: number) => Object.fromEntries(tables.map((table) => [table, count]));

describe('accepting a message', () => {
  it('stores message, run, first event, audit row and queue entry', async () => {
    const accepted = await node.send(context, 'Hello');
    const { threadId, runId } = context;
    expect(accepted).toEqual({ threadId, runId, messageId: expect.any(String), seq: 1 });
    const [event] = await node.eventsOf(context);
    const data = { messageId: accepted.messageId, content: 'Hello' };
    expect(event).toMatchObject({ seq: 1, type: 'run_queued', runId, agentName: 'assistant', data });
    const stored = await storedFor(ada);
    expect(stored).toMatchObject({ 'bulkhead.runs': 1 });
    // The run may have begun meanwhile, which is written down, too.
    expect(stored['bulkhead.audit_log']).toBeGreaterThan(0);
    await node.untilEnded(context);
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
  });

  it('leaves an audit row without the working data of the agents', async () => {
    const { identity, threadId } = context;
    const own = aContext(identity)
      .on({ threadId })
      .with({ agentContext: { topic: 'private' }, auditMetadata: { clientIp: '192.0.2.1' } });
    await node.send(own.build(), 'Hello');
    const [row] = await test.database.asAdmin(async (admin) => {
      const { rows } = await admin.query<{ action: string; trail: object }>(
        'select action, trail from bulkhead.audit_log where user_id = $1',
        [ada.userId],
      );
      return rows;
    });
    expect(row).toMatchObject({ action: 'run.accepted', trail: { threadId, userId: ada.userId } });
    expect(JSON.stringify(row)).not.toContain('private');
  });

  it('takes many messages of one thread at once, and gives each a place of its own', async () => {
    const runs = Array.from({ length: 10 }, () => aContext(ada).on({ threadId: context.threadId }).build());
    const accepted = await Promise.all(runs.map((run) => node.send(run, '/say 1')));
    expect(new Set(accepted.map(({ seq }) => seq)).size).toBe(10);
    await Promise.all(runs.map((run) => node.untilEnded(run)));
    const seqs = (await node.eventsOf(context)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });
});

describe('a message that is not accepted', () => {
  it.each(tables)('because %s can not be written leaves nothing at all', async (table) => {
    const planted = `create or replace function pg_temp.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'planted'; end $$`;
    await test.database.asAdmin(async (admin) => {
      await admin.query(planted);
      await admin.query(`create trigger planted before insert on ${table} execute function pg_temp.refuse()`);
      await expect(node.send(context, 'Hello')).rejects.toThrow();
      await admin.query(`drop trigger planted on ${table}`);
    });
    expect(await storedFor(ada)).toEqual(rowsEach(0));
    await expect(node.send(context, 'Hello')).resolves.toMatchObject({ seq: 1 });
  });

  it('because the queue has not started leaves nothing at all', async () => {
    const idle = await test.startNode();
    await expect(idle.send(context, 'Hello')).rejects.toThrow(DatabaseUnavailableError);
    expect(await storedFor(ada)).toEqual(rowsEach(0));
  });

  it('because too many runs are unfinished leaves nothing more, says when to come back, and binds its user only', async () => {
    const strict = await test.startNode({ unfinishedRunsPerUser: 2 });
    await test.database.transactions.run(context, async ({ db }) => {
      const run = { userId: ada.userId, threadId: context.threadId, agentName: 'assistant' };
      const states = ['queued', 'running', 'completed', 'failed'];
      await db.insert(runs).values(states.map((state) => ({ ...run, runId: randomUUID(), state })));
    });
    await test.database.asAdmin((admin) =>
      admin.query(
        `insert into bulkhead.run_queue (run_id, user_id, thread_id, step_format, is_head, not_before)
         select run_id, user_id, thread_id, '1', false, 'infinity' from bulkhead.runs
          where user_id = $1 and state in ('queued', 'running')`,
        [ada.userId],
      ),
    );
    await expect(strict.send(context, 'Hello')).rejects.toMatchObject({
      code: 'too_many_runs',
      details: { limit: 2, current: 2, retryAfterSeconds: 5 },
    });
    expect(await storedFor(ada)).toEqual({ ...rowsEach(0), 'bulkhead.runs': 4, 'bulkhead.run_queue': 2 });
    const other = await test.openThread(await test.signUp());
    // Past the limit's check: this node's queue has not started.
    await expect(strict.send(other, 'Hello')).rejects.toThrow(DatabaseUnavailableError);
  });

  it('because there is no such agent leaves nothing at all', async () => {
    await expect(node.send(context, 'Hello', 'nobody')).rejects.toThrow(UnknownAgentError);
    expect(await storedFor(ada)).toEqual(rowsEach(0));
  });

  it.each([
    ["another user's", () => aContext(ada).on({ threadId: context.threadId })],
    ['no', () => aContext(ada)],
  ])('because it is for %s thread leaves nothing, and says the same', async (_, own) => {
    const stranger = await test.signUp();
    const attempt = node.send(own().of(stranger).build(), 'Hello');
    await expect(attempt).rejects.toEqual(new ResourceNotFoundError('thread'));
    expect([await storedFor(stranger), await storedFor(ada)]).toEqual([rowsEach(0), rowsEach(0)]);
  });

  it('because its run exists already changes nothing of that', async () => {
    await node.send(context, '/say 1');
    await node.untilEnded(context);
    const before = [await node.eventsOf(context), await storedFor(ada)];
    await expect(node.send(context, 'Hello again')).rejects.toThrow();
    expect([await node.eventsOf(context), await storedFor(ada)]).toEqual(before);
  });
});
