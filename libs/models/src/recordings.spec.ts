import { Logger } from '@nestjs/common';
import { callModel, type ModelReply } from './model-call.ts';
import { ModelRegistry } from './model-registry.service.ts';
import {
  brokenResponses,
  modelsAt,
  oddCalls,
  oddChats,
  ProviderServer,
  unfinishedChats,
  unfinishedGoogle,
  type DialectName,
  type Recording,
} from './testing/index.ts';

beforeAll(() => void Logger.overrideLogger(false));

const tools = [{ name: 'add', description: 'Adds.', parameters: { type: 'object', properties: {} } }];

/** What becomes of a recording: the reply, or the code of the failure. */
async function played(name: DialectName, recording: Recording): Promise<Partial<ModelReply> | string> {
  const server = new ProviderServer(name);
  const options = modelsAt(name, await server.listen());
  server.will({ does: 'play', recording });
  try {
    const model = new ModelRegistry({ ...options, patience: { retries: 0 } }).resolve('default');
    return await callModel(model, {
      instructions: 'Be brief.',
      messages: [{ role: 'user', text: 'Hello' }],
      tools,
      signal: new AbortController().signal,
      onText: () => undefined,
    });
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await server.close();
  }
}

describe.each<DialectName>(['openai', 'vllm'])('what servers like %s once streamed', (name) => {
  it.each(Object.entries(oddChats))('is the whole answer in spite of: %s', async (_, recording) => {
    expect(await played(name, recording)).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });

  it.each(Object.entries(oddCalls))('is the call in spite of: %s', async (_, recording) => {
    expect(await played(name, recording)).toMatchObject({
      toolCalls: [{ id: 'call_1', name: 'add', arguments: { x: 1 } }],
    });
  });
});

describe('an answer that is none', () => {
  it.each<[string, string, object | string]>([
    ['cut off by its limit', 'vllm', { text: 'Hello', finishReason: 'length' }],
    ['cut off while it reasons', 'vllm', { text: '', finishReason: 'length' }],
    ['filtered', 'openai', { text: 'I can', finishReason: 'content-filter' }],
    ['refused', 'openai', { finishReason: 'content-filter' }],
    ['empty', 'openai', { text: '', finishReason: 'stop' }],
    ['an error in its middle', 'openai', 'model_failed'],
  ])('is told as what it is: %s', async (recorded, name, expected) => {
    const became = await played(name as DialectName, unfinishedChats[recorded]!);
    if (typeof expected === 'string') expect(became).toBe(expected);
    else expect(became).toMatchObject(expected);
  });

  it.each([
    ['a blocked prompt', 'content-filter'],
    ['a malformed call', 'malformed'],
    ['a candidate without content', 'stop'],
  ])('is told as what it is by Google: %s', async (recorded, finishReason) => {
    expect(await played('google', unfinishedGoogle[recorded]!)).toMatchObject({ text: '', finishReason });
  });

  it.each([
    ['a page of a proxy', 'model_failed'],
    ['a page with status 200', 'model_not_reached'],
    ['too many requests', 'model_failed'],
    ['nothing at all', 'model_failed'],
  ])('is told as what it is by anybody: %s', async (recorded, code) => {
    for (const name of ['openai', 'vllm', 'anthropic', 'google'] as const) {
      expect(await played(name, brokenResponses[recorded]!)).toBe(code);
    }
  });
});
