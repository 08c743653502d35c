import { randomUUID } from 'node:crypto';
import { NO_ANSWER, type ChatMessage } from '@bulkhead/models';
import { ProviderServer } from '@bulkhead/models/testing';
import { messages, modelCalls, runs, threadSummaries } from '@bulkhead/persistence';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { RunConversation } from './run-conversation.service.ts';
import { openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

const provider = new ProviderServer('ollama');
let test: TestExecution;
let node: TestNode;
let summing: TestNode;
let ada: Identity;
beforeAll(async () => {
  const openaiCompatible = { baseUrl: await provider.listen() };
  test = await openTestExecution({
    models: { defaultModel: 'offline', openaiCompatible, patience: { retries: 0 } },
  });
  node = await test.startNode({ contextTokens: 1_000 });
  summing = await test.startNode({ contextTokens: 1_000, summaryModel: 'openai-compatible:llama3.2:3b' });
  ada = await test.signUp();
});
afterAll(async () => {
  await test.close();
  await provider.close();
});

/** So many turns of about so many tokens each in the context's thread, and then the run's own message. */
async function talk(context: UserExecutionContext, turns: number, tokens = 10): Promise<void> {
  const { threadId, userId, runId } = context;
  await test.database.transactions.run(context, async ({ db }) => {
    for (let turn = 1; turn <= turns + 1; turn++) {
      const isOwn = turn === turns + 1;
      const run = isOwn ? runId : randomUUID();
      const row = { userId, threadId, runId: run };
      await db
        .insert(runs)
        .values({ ...row, agentName: 'assistant', state: isOwn ? 'running' : 'completed' });
      const text = (word: string) => `${word} ${turn} `.padEnd(tokens * 2, '.');
      const said = isOwn ? 'own message' : text('question');
      const question = { ...row, messageId: randomUUID(), role: 'user' as const, content: said };
      await db.insert(messages).values({ ...question, seq: turn * 10 });
      if (isOwn) return;
      const answer = { ...row, messageId: randomUUID(), role: 'assistant' as const, content: text('answer') };
      await db.insert(messages).values({ ...answer, seq: turn * 10 + 5 });
    }
  });
}
const load = (context: UserExecutionContext, on = node): Promise<ChatMessage[]> =>
  on.inScope(context, RunConversation, async (conversation) =>
    conversation.tell(await conversation.read(), 'assistant', new AbortController().signal),
  );
const textsOf = (conversation: readonly ChatMessage[]): string[] =>
  conversation.map((message) => (message.role === 'tool' ? '?' : message.text.replaceAll(/ \.+$/g, '')));
const written = (text: string) => ({ does: 'answer' as const, answer: { texts: [text] } });
const summaryOf = (context: UserExecutionContext) =>
  test.database.transactions.run(context, ({ db }) => db.select().from(threadSummaries));

describe('the conversation that a run answers', () => {
  it('is what was said in its thread up to its own message, oldest first, each answer after its question', async () => {
    const [context, other] = [await test.openThread(ada), await test.openThread(ada)];
    await talk(other, 1);
    await talk(context, 2);
    expect(textsOf(await load(context))).toEqual([
      ...['question 1', 'answer 1', 'question 2', 'answer 2', 'own message'],
    ]);
  });

  it('is the newest that fits into its tokens: a turn is told with its answer, or not at all', async () => {
    const context = await test.openThread(ada);
    await talk(context, 20, 100);
    const texts = textsOf(await load(context));
    expect(texts).toHaveLength(19);
    expect([texts[0], texts.at(-1)]).toEqual(['question 12', 'own message']);
  });

  it('is fifty turns at most, however short they are', async () => {
    const context = await test.openThread(ada);
    await talk(context, 60, 5);
    expect(textsOf(await load(context))).toHaveLength(49 * 2 + 1);
  });

  it('always has the message that is to be answered, also when that alone is too long', async () => {
    const context = await test.openRun(ada, 'long '.repeat(2_000));
    expect(await load(context)).toHaveLength(1);
  });

  it('has a sentence where a question was never answered, or was answered with nothing', async () => {
    const context = await test.openThread(ada);
    await talk(context, 3);
    await test.database.asAdmin(async (client) => {
      const answer = "thread_id = $1 AND role = 'assistant' AND seq =";
      await client.query(`DELETE FROM bulkhead.messages WHERE ${answer} 15`, [context.threadId]);
      await client.query(`UPDATE bulkhead.messages SET content = ' ' WHERE ${answer} 25`, [context.threadId]);
    });
    expect(textsOf(await load(context))).toEqual([
      ...['question 1', NO_ANSWER, 'question 2', NO_ANSWER, 'question 3', 'answer 3', 'own message'],
    ]);
  });

  it('is empty for a stranger who names the thread', async () => {
    const context = await test.openRun(ada, 'Hello');
    const stranger = aContext(await test.signUp())
      .on(context)
      .build();
    expect(await load(stranger)).toEqual([]);
  });
});

describe('what is too old to be told', () => {
  it('is told as the summary of the configured model, which is written once for several turns', async () => {
    provider.will(written('They counted.'));
    const context = await test.openThread(ada);
    await talk(context, 12, 100);
    const before = provider.requests.length;
    const texts = textsOf(await load(context, summing));
    expect(texts[0]).toBe('[What was said before, as a model summarised it]\nThey counted.');
    expect([texts[1], texts.at(-1)]).toEqual(['question 9', 'own message']);
    expect(provider.requests).toHaveLength(before + 1);
    const sent = JSON.stringify(provider.requests.at(-1)?.body);
    expect(sent).toContain('question 8');
    expect(sent).not.toContain('question 9');
    expect(textsOf(await load(context, summing))).toEqual(texts);
    expect(provider.requests).toHaveLength(before + 1);
  });

  it('is written on from the former summary, and paid for by its run', async () => {
    provider.will(written('They counted to six.'), written('They counted on.'));
    const context = await test.openThread(ada);
    await talk(context, 12, 100);
    await load(context, summing);
    const later = aContext(ada).on({ threadId: context.threadId }).build();
    await test.database.transactions.run(context, async ({ db }) => {
      const { userId, threadId } = context;
      for (let turn = 0; turn < 8; turn++) {
        const runId = turn === 7 ? later.runId : randomUUID();
        await db.insert(runs).values({ runId, userId, threadId, agentName: 'assistant', state: 'running' });
        const message = { messageId: randomUUID(), userId, threadId, runId, role: 'user' as const };
        await db.insert(messages).values({ ...message, seq: 1_000 + turn, content: 'more '.repeat(120) });
      }
    });
    expect(textsOf(await load(later, summing))[0]).toContain('They counted on.');
    expect(JSON.stringify(provider.requests.at(-1)?.body)).toContain('They counted to six.');
    const calls = await test.database.transactions.run(context, ({ db }) => db.select().from(modelCalls));
    expect(calls.filter(({ runId }) => runId === later.runId)).toEqual([
      expect.objectContaining({ outcome: 'completed', model: 'openai-compatible:llama3.2:3b' }),
    ]);
  });

  it('is left out when the model says nothing', async () => {
    provider.will(written(''));
    const context = await test.openThread(ada);
    await talk(context, 12, 100);
    expect(textsOf(await load(context, summing))[0]).toBe('question 4');
  });

  it('is left out when the model fails, and when none is configured', async () => {
    provider.will({ does: 'refuse', status: 500 });
    const context = await test.openThread(ada);
    await talk(context, 12, 100);
    expect(textsOf(await load(context, summing))[0]).toBe('question 4');
    expect(textsOf(await load(context))[0]).toBe('question 4');
    expect(
      await summaryOf(context).then((rows) => rows.filter((row) => row.threadId === context.threadId)),
    ).toEqual([]);
  });
});
