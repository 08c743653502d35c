import { ResourceNotFoundError } from '@bulkhead/errors';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { RunHistory } from './run-history.service.ts';
import { RunStore } from './run-store.service.ts';
import { openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

let test: TestExecution;
let node: TestNode;
let ada: Identity;
let ben: Identity;
beforeAll(async () => {
  test = await openTestExecution();
  node = await test.startNode();
  [ada, ben] = [await test.signUp(), await test.signUp()];
});
afterAll(() => test.close());

const history = <R>(context: UserExecutionContext, work: (history: RunHistory) => Promise<R>) =>
  node.inScope(context, RunHistory, work);
const absent = () => aContext(ada).build();

describe("a user's history", () => {
  it('tells a run without its owner and other inner columns', async () => {
    const context = await test.openRun(ada, 'Hello');
    expect(await history(context, (it) => it.get())).toEqual({
      runId: context.runId,
      threadId: context.threadId,
      agentName: 'assistant',
      state: 'queued',
      steps: 0,
      toolCalls: 0,
      inputTokens: 0,
      outputTokens: 0,
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it("answers for another user's run and thread as for none", async () => {
    const context = await test.openRun(ada, 'Hello');
    for (const stranger of [aContext(ben).on(context).build(), absent()]) {
      await expect(history(stranger, (it) => it.get())).rejects.toEqual(new ResourceNotFoundError('run'));
      const messages = history(stranger, (it) => it.messages(-1, 10));
      await expect(messages).rejects.toEqual(new ResourceNotFoundError('thread'));
    }
  });

  it('lists the runs of one thread, or in one state', async () => {
    const owner = await test.signUp();
    const [first, second] = [await test.openRun(owner, 'Hello'), await test.openRun(owner, 'Hello')];
    await node.execute(second, 'assistant');
    const listed = async (filter: object) =>
      (await history(aContext(owner).build(), (it) => it.list(10, undefined, filter))).map(
        ({ runId }) => runId,
      );
    expect(await listed({ threadId: first.threadId })).toEqual([first.runId]);
    expect(await listed({ state: 'failed' })).toEqual([second.runId]);
    expect(await listed({ state: 'failed', threadId: first.threadId })).toEqual([]);
  });

  it('lists the runs of its user alone, newest first, in pages that meet without a gap', async () => {
    const owner = await test.signUp();
    const opened: string[] = [];
    for (let count = 0; count < 5; count++) opened.unshift((await test.openRun(owner, 'Hello')).runId);
    const context = aContext(owner).build();
    const listed: string[] = [];
    let from: { createdAt: string; id: string } | undefined;
    for (;;) {
      const page = await history(context, (it) => it.list(2, from));
      if (page.length === 0) break;
      listed.push(...page.map(({ runId }) => runId));
      const { createdAt, runId: id } = page.at(-1) ?? { createdAt: '', runId: '' };
      from = { createdAt, id };
    }
    expect(new Set(listed)).toEqual(new Set(opened));
    expect(listed).toHaveLength(opened.length);
    expect(await history(aContext(await test.signUp()).build(), (it) => it.list(10))).toEqual([]);
  });

  it('reads messages after a sequence, oldest first', async () => {
    const context = await test.openRun(ada, 'Hello');
    await node.inScope(context, RunStore, async (journal) => {
      await journal.begin();
      const figures = { steps: 1, toolCalls: 0, inputTokens: 1, outputTokens: 1 };
      return journal.finish('assistant', {
        state: 'completed',
        text: 'Hi!',
        finishReason: 'stop',
        ...figures,
      });
    });
    const contentsAfter = async (seq: number, limit = 10) =>
      (await history(context, (it) => it.messages(seq, limit))).map(({ content }) => content);
    expect(await contentsAfter(-1)).toEqual(['Hello', 'Hi!']);
    expect(await contentsAfter(0)).toEqual(['Hi!']);
    expect(await contentsAfter(1)).toEqual([]);
    expect(await contentsAfter(-1, 1)).toEqual(['Hello']);
  });
});
