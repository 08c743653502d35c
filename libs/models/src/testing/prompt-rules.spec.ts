import type { ModelCallOptions, ModelPrompt } from '../model.contract.ts';
import { brokenPromptRule, promptRules } from './prompt-rules.ts';
import { ScriptedModel, textAnswer } from './scripted-model.ts';

type Turn = ModelPrompt[number];
const system: Turn = { role: 'system', content: 'Be brief.' };
const user = (text = 'Hello'): Turn => ({ role: 'user', content: [{ type: 'text', text }] });
const said = (text = 'Hi'): Turn => ({ role: 'assistant', content: [{ type: 'text', text }] });
const call = (toolCallId: string, toolName = 'add', input: unknown = {}) =>
  ({ type: 'tool-call', toolCallId, toolName, input }) as const;
const calling = (...content: ReturnType<typeof call>[]): Turn => ({ role: 'assistant', content });
const result = (toolCallId: string, value = '2'): Turn => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId, toolName: 'add', output: { type: 'error-text', value } }],
});
const tool = (name: string, inputSchema: object = { type: 'object', properties: {} }) =>
  ({ type: 'function', name, inputSchema }) as const;
const at = (...prompt: Turn[]): ModelCallOptions => ({ prompt });

/** The rule, what breaks it, and the nearest that doesn't. */
const cases: readonly [string, ModelCallOptions, ModelCallOptions][] = [
  ['begins with the user, after the optional instructions', at(said(), user()), at(system, user())],
  ['has instructions at its beginning only', at(user(), system), at(system, user())],
  ['ends with the user or a result', at(user(), said()), at(user(), said(), user())],
  ['has a user and a model that alternate', at(user(), user()), at(user(), said(), user())],
  ['has no empty turn', at(user(), calling(), user()), at(user(), said(), user())],
  ['has no blank text', at(user(' \n')), at(user(' x '))],
  [
    'answers each call once, directly after it',
    at(user(), calling(call('a'), call('b')), result('a')),
    at(user(), calling(call('a'), call('b')), result('b'), result('a')),
  ],
  [
    'answers each call once, directly after it',
    at(user(), calling(call('a')), result('a'), result('a')),
    at(user(), calling(call('a')), result('a')),
  ],
  [
    'has calls whose ids are unique, and such as every service takes',
    at(user(), calling(call('1.1')), result('1.1')),
    at(user(), calling(call('1-1')), result('1-1')),
  ],
  [
    'has calls whose ids are unique, and such as every service takes',
    at(user(), calling(call('a')), result('a'), calling(call('a')), result('a')),
    at(user(), calling(call('a')), result('a'), calling(call('b')), result('b')),
  ],
  [
    'has names such as every service takes',
    at(user(), calling(call('a', 'a.b')), result('a')),
    at(user(), calling(call('a', 'a_b')), result('a')),
  ],
  [
    'has names such as every service takes',
    { ...at(user()), tools: [tool('1a')] },
    { ...at(user()), tools: [tool('a1')] },
  ],
  [
    'has calls whose arguments are an object',
    at(user(), calling(call('a', 'add', '{}')), result('a')),
    at(user(), calling(call('a', 'add', {})), result('a')),
  ],
  [
    'has failed results that say something',
    at(user(), calling(call('a')), result('a', '')),
    at(user(), calling(call('a')), result('a')),
  ],
  [
    'offers tools by different names',
    { ...at(user()), tools: [tool('a'), tool('a')] },
    { ...at(user()), tools: [tool('a'), tool('b')] },
  ],
  [
    'offers tools whose arguments are an object with properties',
    { ...at(user()), tools: [tool('a', { type: 'object' })] },
    { ...at(user()), tools: [tool('a')] },
  ],
];

describe('a prompt that every service takes', () => {
  it.each(cases)('%s', (rule, bad, good) => {
    expect([brokenPromptRule(bad), brokenPromptRule(good)]).toEqual([rule, undefined]);
  });

  it('is one that breaks none of the rules, each of which is tried here', () => {
    expect(new Set(cases.map(([rule]) => rule))).toEqual(new Set(promptRules));
  });

  it('is the only one that a scripted model answers', async () => {
    const model = new ScriptedModel(textAnswer('Hi'));
    await expect(model.doStream(at(user(), user()))).rejects.toThrow('a user and a model that alternate');
    await expect(model.doStream(at(user()))).resolves.toBeDefined();
  });
});
