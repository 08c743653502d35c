import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { QueueWorker } from './queue-worker.service.ts';
import { openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.', tools: [] };

let test: TestExecution;
let door: TestNode;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({ agents: [assistant] });
  door = await test.startNode({ role: 'gateway' });
  await door.work();
  ada = await test.signUp();
});
afterAll(() => test.close());

/** A run that nobody has taken yet. */
async function queued(): Promise<UserExecutionContext> {
  const context = await test.openThread(ada);
  await door.send(context, '/say 1');
  return context;
}
const change = (statement: string, ...values: unknown[]) =>
  test.database.asAdmin(async (admin) => expect((await admin.query(statement, values)).rowCount).toBe(1));
const startWorker = async () => test.startNode();

describe('a run whose stored context can not be opened', () => {
  it('fails once, for its owner to see, and holds up nobody', async () => {
    const [broken, whole] = [await queued(), await queued()];
    const statement = `update bulkhead.run_queue set job = replace(job, 'createdAt', 'madeAt') where run_id = $1`;
    await change(statement, broken.runId);
    const node = await startWorker();
    await node.work();
    const problem = expect.objectContaining({ code: 'run_unreadable' });
    expect(await node.untilEnded(broken)).toMatchObject({
      type: 'agent_failed',
      data: { state: 'failed', problem },
    });
    expect(await node.untilEnded(whole)).toMatchObject({ type: 'agent_completed' });
    expect(await node.runOf(broken)).toMatchObject({ state: 'failed', error: problem });
    await node.stop();
  });
});

describe('a run that fails outside of its own end', () => {
  it('is tried again, and given up after the tenth attempt', async () => {
    const [fresh, tenth] = [await queued(), await queued()];
    await change('update bulkhead.run_queue set epoch = 9 where run_id = $1', tenth.runId);
    const node = await startWorker();
    const attempts: string[] = [];
    await node.get(QueueWorker).start((job, _claim, refusal) => {
      attempts.push(`${job.context.runId} ${refusal?.code ?? 'tried'}`);
      return Promise.reject(new Error('The identity provider is away.'));
    });
    while (attempts.filter((attempt) => attempt.startsWith(fresh.runId)).length < 2)
      await new Promise(setImmediate);
    await node.stop();
    expect(attempts.filter((attempt) => attempt.startsWith(fresh.runId)).slice(0, 2)).toEqual(
      Array(2).fill(`${fresh.runId} tried`),
    );
    expect(attempts.filter((attempt) => attempt.startsWith(tenth.runId)).slice(0, 2)).toEqual([
      `${tenth.runId} tried`,
      `${tenth.runId} run_unreadable`,
    ]);
  });
});
