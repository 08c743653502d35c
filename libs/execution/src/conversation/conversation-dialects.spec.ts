import type { ModelsOptions } from '@bulkhead/models';
import {
  dialectNames,
  dialects,
  ProviderServer,
  type DialectName,
  type ProviderAct,
} from '@bulkhead/models/testing';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { RunHistory, type Message } from '../runs/run-history.service.ts';
import {
  aTool,
  openTestExecution,
  StoredSteps,
  type TestExecution,
  type TestNode,
} from '../testing/index.ts';

const servers = new Map<DialectName, { readonly server: ProviderServer; readonly url: string }>();
let asked: DialectName;
let test: TestExecution;
let node: TestNode;
let ada: Identity;

const agentOf = (name: DialectName): string => `speaks_${name.replaceAll(/[^a-z]/g, '')}`;
const referenceOf = (name: DialectName): string => `${dialects[name].provider}:${dialects[name].model}`;
const key = { baseUrl: 'http://provider.test/v1', apiKey: 'sk-fake' };
/** Five services share one base URL: requests go to the one that the spec asks. */
const models: ModelsOptions = {
  defaultModel: 'offline',
  ...{ openai: key, anthropic: key, google: key, openaiCompatible: key },
  patience: { retries: 0 },
  fetch: (url, init) => {
    const path = (url as string).slice(key.baseUrl.length);
    return fetch(`${servers.get(asked)!.url}${path}`, init);
  },
};

beforeAll(async () => {
  for (const name of dialectNames) {
    const server = new ProviderServer(name);
    servers.set(name, { server, url: await server.listen() });
  }
  const agents = dialectNames.flatMap((name) => {
    const agent = { description: 'Adds.', model: referenceOf(name), instructions: 'Be brief.' };
    const helper = { ...agent, name: `${agentOf(name)}_helper`, tools: ['add'] };
    return [helper, { ...agent, name: agentOf(name), tools: ['add'], delegates: [{ agent: helper.name }] }];
  });
  test = await openTestExecution({
    tools: [aTool('add', () => Promise.resolve({ sum: 3 }))],
    agents,
    models,
  });
  node = await test.startNode();
  await node.work();
  ada = await test.signUp();
});
afterAll(async () => {
  await test.close();
  for (const { server } of servers.values()) await server.close();
});

/** Mistral's service says once that it does not know `stream_options`; the request is sent again without. */
const refusalsOf = (name: DialectName): unknown[] =>
  servers.get(name)!.server.refusals.filter(({ body }) => !JSON.stringify(body).includes('stream_options'));
const says = (text: string, finish?: 'length' | 'content-filter'): ProviderAct => ({
  does: 'answer',
  answer: { texts: text === '' ? [] : [text], ...(finish && { finish }) },
});
const calls = (...toolCalls: { name: string; arguments: object; id?: string }[]): ProviderAct => ({
  does: 'answer',
  answer: { reasoning: 'Let me add.', toolCalls },
});
const add = { name: 'add', arguments: { x: 1 } };

async function send(
  place: UserExecutionContext,
  content: string,
  ...acts: ProviderAct[]
): Promise<UserExecutionContext> {
  servers.get(asked)!.server.will(...acts);
  const context = aContext(ada).on({ threadId: place.threadId }).build();
  await node.send(context, content, agentOf(asked));
  await node.untilEnded(context);
  return context;
}
const messagesOf = (context: UserExecutionContext): Promise<Message[]> =>
  node.inScope(context, RunHistory, (history) => history.messages(-1, 100));

describe.each(dialectNames)('a thread with a model of %s', (name) => {
  it('goes on after tools, a sub-agent, an invented tool, a failure, silence and a cut', async () => {
    asked = name;
    const thread = await test.openThread(ada);
    const delegate = { name: 'delegate', arguments: { agent: `${agentOf(name)}_helper`, task: 'Add.' } };
    const first = await send(
      ...([thread, 'Add twice, and have it added.'] as const),
      ...[calls(add, add), calls(delegate), calls(add), says('Added.'), says('All is added.')],
    );
    expect(await node.runOf(first)).toMatchObject({ state: 'completed', finishReason: 'stop', toolCalls: 4 });

    const invented = await send(
      thread,
      'Note it.',
      calls({ name: 'notes.add', arguments: {} }),
      says('I can not.'),
    );
    expect(await node.runOf(invented)).toMatchObject({ state: 'completed' });

    const failed = await send(thread, 'Fail.', { does: 'refuse', status: 500 });
    expect(await node.runOf(failed)).toMatchObject({
      state: 'failed',
      error: { code: 'model_failed', status: 503 },
    });

    const silent = await send(thread, 'Say nothing.', says(''));
    expect(await node.runOf(silent)).toMatchObject({
      state: 'failed',
      error: { code: 'model_gave_no_answer', status: 502, reason: 'empty' },
    });

    const cut = await send(thread, 'Say much.', says('I can', 'length'));
    expect(await node.runOf(cut)).toMatchObject({ state: 'completed', finishReason: 'length' });

    const last = await send(thread, 'And now?', calls(add), says('Done.'));
    expect(await node.runOf(last)).toMatchObject({ state: 'completed', finishReason: 'stop' });
    expect(refusalsOf(name)).toEqual([]);
    const answers = (await messagesOf(last)).filter(({ role }) => role === 'assistant');
    expect(answers.map(({ content, finishReason }) => [content, finishReason])).toEqual([
      ['All is added.', 'stop'],
      ['I can not.', 'stop'],
      ['I can', 'length'],
      ['Done.', 'stop'],
    ]);
    const ends = (await node.eventsOf(last)).filter(({ type }) => type === 'agent_completed');
    expect(ends.filter(({ operationDepth }) => operationDepth === 0).map(({ data }) => data)).toMatchObject([
      { finishReason: 'stop' },
      { finishReason: 'stop' },
      { finishReason: 'length' },
      { finishReason: 'stop' },
    ]);
  });
});

describe('a run that is continued', () => {
  it.each(dialectNames)('with a model of %s takes what another model began', async (name) => {
    asked = name === 'deepseek' ? 'google' : 'deepseek';
    servers.get(asked)!.server.will(calls(add, add), { does: 'refuse', status: 500 });
    const begun = new StoredSteps();
    await node.execute(await test.openRun(ada, 'Add twice.'), agentOf(asked), begun);
    expect(begun.finished).toEqual(['model:1', 'tool:1.1', 'tool:1.2']);
    // The configuration names another model when the run is taken up again.
    asked = name;
    servers.get(name)!.server.will(says('Three.'));
    const again = await test.openRun(ada, 'Add twice.');
    await node.execute(again, agentOf(name), begun);
    expect(await node.runOf(again)).toMatchObject({ state: 'completed' });
    expect(refusalsOf(name)).toEqual([]);
  });
});
