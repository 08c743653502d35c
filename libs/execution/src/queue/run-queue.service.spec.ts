import { UserExecutionContext, type Identity } from '@bulkhead/user-context';
import { NodeIdTakenError, RunTimeoutError } from '../execution.errors.ts';
import { RunStore } from '../runs/run-store.service.ts';
import { QueueWorker } from '../worker/queue-worker.service.ts';
import { aTool, Gate, openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

const RUNS_PER_USER = 3;
const question = 'What is 37 * 43, and remember it as a note?';

let gate: Gate;
let calculations: string[];
const tools = [
  aTool('calculator', (_, { context }) => {
    calculations.push(context.runId);
    return Promise.resolve({ result: '1591' });
  }),
  aTool('notes_add', async () => {
    await gate.pass();
    return 'noted';
  }),
];
const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.' };

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  const agents = [{ ...assistant, tools: tools.map(({ name }) => name) }];
  test = await openTestExecution({ tools, agents });
});
beforeEach(async () => {
  gate = new Gate();
  calculations = [];
  ada = await test.signUp();
});
afterEach(() => {
  gate.open();
  return node.stop();
});
afterAll(() => test.close());

const startNode = async (options: Parameters<TestExecution['startNode']>[0] = {}) => {
  node = await test.startNode({ runsPerUser: RUNS_PER_USER, ...options });
};
/** Sends a message in a thread of its own. */
async function send(identity: Identity, content: string): Promise<UserExecutionContext> {
  const context = await test.openThread(identity);
  await node.send(context, content);
  return context;
}
/** What the log says, also while no node lives. */
const typesOf = ({ runId }: UserExecutionContext) =>
  test.database.asAdmin(async (admin) => {
    const { rows } = await admin.query<{ type: string }>(
      `select type from bulkhead.events where run_id = $1 and type <> 'message_delta' order by seq`,
      [runId],
    );
    return rows.map(({ type }) => type);
  });
/** Whether the run still has its place, by the queue's own record. */
const isQueued = ({ runId }: UserExecutionContext) =>
  test.database.asAdmin(async (admin) => {
    const { rowCount } = await admin.query('select from bulkhead.run_queue where run_id = $1', [runId]);
    return rowCount === 1;
  });
const stateOf = async (context: UserExecutionContext) => (await node.runOf(context)).state;

describe('the queue', () => {
  it('executes an accepted run to its end', async () => {
    await startNode();
    await node.work();
    gate.open();
    const context = await send(ada, question);
    const end = await node.untilEnded(context);
    expect(end).toMatchObject({ type: 'agent_completed', data: { steps: 3, toolCalls: 2 } });
    expect((await typesOf(context)).slice(0, 3)).toEqual(['run_queued', 'agent_started', 'agent_thinking']);
  });

  it('has a place for another as soon as a run has ended: both are one transaction', async () => {
    await startNode();
    await node.work();
    const context = await send(ada, '/tool notes_add {}');
    await gate.untilWaiting(1);
    expect(await isQueued(context)).toBe(true);
    gate.letOnePass();
    await node.untilEnded(context);
    expect(await isQueued(context)).toBe(false);
  });

  it(`runs at most ${RUNS_PER_USER} of a user at a time, and holds nobody else up behind them`, async () => {
    await startNode();
    await node.work();
    const runs = await Promise.all(Array.from({ length: 20 }, () => send(ada, '/tool notes_add {}')));
    await gate.untilWaiting(RUNS_PER_USER);
    const ben = await test.signUp();
    expect(await node.untilEnded(await send(ben, '/say 1'))).toMatchObject({ type: 'agent_completed' });
    for (let left = runs.length; left > 0; left--) {
      await gate.untilWaiting(Math.min(RUNS_PER_USER, left));
      gate.letOnePass();
    }
    const ends = await Promise.all(runs.map((run) => node.untilEnded(run)));
    expect(new Set(ends.map(({ type }) => type))).toEqual(new Set(['agent_completed']));
    expect(gate.peak).toBe(RUNS_PER_USER);
  });

  it("ends a run whose model fails and one that takes too long in their own ways, and touches nobody's", async () => {
    await startNode({ runTimeoutMs: 1_000 });
    await node.work();
    const runs = [await send(ada, '/fail'), await send(ada, '/sleep 600000'), await send(ada, '/say 3')];
    await Promise.all(runs.map((run) => node.untilEnded(run)));
    expect(await Promise.all(runs.map(stateOf))).toEqual(['failed', 'timed_out', 'completed']);
  });

  it('refuses to start under the id of a running node, which goes on undisturbed', async () => {
    await startNode({ nodeId: 'node-1' });
    await node.work();
    const second = await test.startNode({ nodeId: 'node-1' });
    await expect(second.work()).rejects.toThrow(NodeIdTakenError);
    await second.stop();
    expect(await node.untilEnded(await send(ada, '/say 1'))).toMatchObject({ type: 'agent_completed' });
  });
});

describe('a run that a node leaves unfinished', () => {
  const life = { nodeId: 'node-2', drainTimeoutMs: 0 };

  it('continues after the next start, executes no finished step again, and ends once', async () => {
    await startNode(life);
    await node.work();
    const context = await send(ada, question);
    await gate.untilWaiting(1);
    await node.stop();
    const before = await typesOf(context);
    expect(before.at(-1)).toBe('tool_executing');
    gate.open();

    await startNode(life);
    await node.work();
    await node.untilEnded(context);
    const rest = ['tool_completed', 'agent_thinking', 'agent_completed'];
    expect(await typesOf(context)).toEqual([...before, ...rest]);
    expect(calculations).toEqual([context.runId]);
  });

  it('finishes within the drain time when it can', async () => {
    await startNode({ nodeId: 'node-2' });
    await node.work();
    const context = await send(ada, '/tool notes_add {}');
    await gate.untilWaiting(1);
    const stopped = node.stop();
    gate.open();
    await stopped;
    expect((await typesOf(context)).at(-1)).toBe('agent_completed');
  });

  it('ends as its failed step said, when the node died before it could tell', async () => {
    const death = new Gate();
    await startNode(life);
    await node.get(QueueWorker).start(async ({ context: json }, claim) => {
      const own = UserExecutionContext.fromRun({ identity: ada, context: json });
      const work = async (journal: RunStore): Promise<void> => {
        await journal.begin();
        const failing = journal.steps.run('model:1', () => Promise.reject(new RunTimeoutError(1_000)));
        await failing.catch(() => death.pass());
      };
      await node.inScope(own, RunStore, work, { claim });
    });
    const context = await send(ada, 'Hello');
    await death.untilWaiting(1);
    await node.stop();

    await startNode(life);
    await node.work();
    await node.untilEnded(context);
    expect(await node.runOf(context)).toMatchObject({ state: 'timed_out', error: { code: 'run_timeout' } });
  });
});
