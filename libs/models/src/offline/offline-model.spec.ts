import type { JsonValue } from '@bulkhead/user-context';
import { callModel } from '../model-call.ts';
import type { ModelReply } from '../model-call.ts';
import type { ChatMessage } from '../chat-message.ts';
import { ModelFailedError } from '../models.errors.ts';
import { OfflineModel } from './offline-model.ts';

const toolNames = ['calculator', 'current_time', 'notes_add', 'notes_list'];
const signal = new AbortController().signal;

interface Asked {
  readonly offered?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onText?: (delta: string) => void;
}

const ask = (messages: readonly ChatMessage[], asked: Asked = {}): Promise<ModelReply> =>
  callModel(new OfflineModel(), {
    instructions: 'Be brief.',
    messages,
    tools: (asked.offered ?? toolNames).map((name) => ({ name, description: '', parameters: {} })),
    signal: asked.signal ?? signal,
    onText: asked.onText ?? (() => undefined),
  });

/** A conversation as the engine drives it: tools are answered until the model is done. */
async function converse(
  text: string,
  tools: Readonly<Record<string, JsonValue | Error>>,
  history: readonly ChatMessage[] = [],
): Promise<{ rounds: (readonly [string, unknown])[][]; answer: string }> {
  const messages: ChatMessage[] = [...history, { role: 'user', text }];
  const rounds: (readonly [string, unknown])[][] = [];
  for (let step = 0; step < 6; step++) {
    const reply = await ask(messages, { offered: Object.keys(tools) });
    if (reply.toolCalls.length === 0) return { rounds, answer: reply.text };
    expect(reply.finishReason).toBe('tool-calls');
    rounds.push(
      reply.toolCalls.map((call) => [call.name, 'arguments' in call ? call.arguments : 'unreadable']),
    );
    messages.push({ role: 'assistant', text: reply.text, toolCalls: reply.toolCalls });
    for (const { id, name } of reply.toolCalls) {
      const result = tools[name] ?? new Error('There is no such tool.');
      const isError = result instanceof Error;
      messages.push({
        role: 'tool',
        toolCallId: id,
        toolName: name,
        result: isError ? result.message : result,
        isError,
      });
    }
  }
  throw new Error('The model does not stop asking for tools.');
}

const tools = {
  calculator: { result: '1591' },
  current_time: { now: '2030-01-01T12:00:00.000Z', timeZone: 'UTC', formatted: 'Tuesday, 12:00 UTC' },
  notes_add: { noteId: 'n1', text: '37 * 43 = 1591' },
  notes_list: { notes: [{ noteId: 'n1', text: 'I like tea', createdAt: '2030-01-01T12:00:00.000Z' }] },
};

describe('the offline model', () => {
  it.each([
    ['What is 37 * 43?', [[['calculator', { expression: '37 * 43' }]]], '37 * 43 = 1591. (offline model)'],
    ['What time is it?', [[['current_time', {}]]], 'It is Tuesday, 12:00 UTC. (offline model)'],
    [
      'What time is it in Asia/Tokyo?',
      [[['current_time', { timeZone: 'Asia/Tokyo' }]]],
      'It is Tuesday, 12:00 UTC. (offline model)',
    ],
    [
      'What is 37 * 43, and remember it as a note?',
      [[['calculator', { expression: '37 * 43' }]], [['notes_add', { text: '37 * 43 = 1591' }]]],
      '37 * 43 = 1591. Noted: "37 * 43 = 1591". (offline model)',
    ],
    [
      'What time is it? Remember it.',
      [[['current_time', {}]], [['notes_add', { text: 'Tuesday, 12:00 UTC' }]]],
      'It is Tuesday, 12:00 UTC. Noted: "37 * 43 = 1591". (offline model)',
    ],
    ['What did you note?', [[['notes_list', {}]]], 'You have 1 note:\n1. I like tea\n(offline model)'],
    [
      'What is 37 * 43, and what time is it?',
      [
        [
          ['calculator', { expression: '37 * 43' }],
          ['current_time', {}],
        ],
      ],
      '37 * 43 = 1591. It is Tuesday, 12:00 UTC. (offline model)',
    ],
    [
      'Remember that I like tea. Show my notes.',
      [[['notes_add', { text: 'I like tea' }]], [['notes_list', {}]]],
      'Noted: "37 * 43 = 1591". You have 1 note:\n1. I like tea\n(offline model)',
    ],
    ['Remember it.', [], 'What shall I note? Say "Remember that …". (offline model)'],
  ])('answers %j', async (text, rounds, answer) => {
    expect(await converse(text, tools)).toEqual({ rounds, answer });
  });

  it.each([
    ['What is 1 / 0?', 'The tool calculator failed: Division by zero. (offline model)'],
    [
      'What is 1 / 0, and remember it as a note?',
      'The tool calculator failed: Division by zero. (offline model)',
    ],
    ['/bench 3', 'The tool calculator failed: Division by zero. (offline model)'],
    ['/tool calculator {}', 'The tool calculator failed: Division by zero. (offline model)'],
  ])('tells a failure in words and does not try again: %j', async (text, answer) => {
    const conversation = await converse(text, { ...tools, calculator: new Error('Division by zero.') });
    expect(conversation.rounds).toHaveLength(1);
    expect(conversation.answer).toBe(answer);
  });

  it('tells the detail of a problem, and the time with its zone', async () => {
    const berlin = { now: '2030-01-01T12:00:00.000Z', timeZone: 'Europe/Berlin', formatted: '13:00 CET' };
    const problem: ChatMessage[] = [
      { role: 'user', text: '/tool calculator {}' },
      { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'calculator', arguments: {} }] },
      {
        role: 'tool',
        toolCallId: 'a',
        toolName: 'calculator',
        result: { code: 'tool_refused', detail: 'No expression.' },
        isError: true,
      },
    ];
    expect((await ask(problem)).text).toBe('The tool calculator failed: No expression. (offline model)');
    const { answer } = await converse('What time is it in Europe/Berlin?', { current_time: berlin });
    expect(answer).toBe('It is 13:00 CET (Europe/Berlin). (offline model)');
  });

  it('takes a refused call for a failure', async () => {
    const output = { type: 'execution-denied', reason: 'The owner said no.' } as const;
    const { content } = await new OfflineModel().doGenerate({
      prompt: [
        { role: 'user', content: [{ type: 'text', text: '/tool notes_add {}' }] },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'notes_add', input: {} }],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'notes_add', output }] },
      ],
    });
    expect(content).toEqual([
      { type: 'text', text: 'The tool notes_add failed: The owner said no. (offline model)' },
    ]);
  });

  it('says which tool it misses when it is not offered', async () => {
    const { rounds, answer } = await converse('What is 37 * 43, and what time is it?', {
      current_time: 'noon',
    });
    expect(rounds).toEqual([[['current_time', {}]]]);
    expect(answer).toBe(
      'It is noon. For that I need the tool calculator, which is not offered to me here. (offline model)',
    );
  });

  it('looks at the last message only', async () => {
    const history: ChatMessage[] = [
      { role: 'user', text: 'What is 1 + 1?' },
      { role: 'assistant', text: '', toolCalls: [{ id: 'x', name: 'calculator', arguments: {} }] },
      { role: 'tool', toolCallId: 'x', toolName: 'calculator', result: { result: '2' }, isError: false },
      { role: 'assistant', text: '1 + 1 = 2. (offline model)', toolCalls: [] },
    ];
    const { rounds, answer } = await converse('What is 37 * 43?', tools, history);
    expect(rounds).toHaveLength(1);
    expect(answer).toBe('37 * 43 = 1591. (offline model)');
  });

  it('gives every call of a conversation an id of its own', async () => {
    const first: ChatMessage[] = [{ role: 'user', text: 'What is 37 * 43, and what time is it?' }];
    const { toolCalls } = await ask(first);
    const later: ChatMessage[] = [...first, { role: 'assistant', text: '', toolCalls }, ...first];
    const ids = [...toolCalls, ...(await ask(later)).toolCalls].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it('tells at most twenty notes', async () => {
    const notes = Array.from({ length: 23 }, (_, index) => ({ noteId: `${index}`, text: `note ${index}` }));
    const { answer } = await converse('my notes', { notes_list: { notes } });
    expect(answer).toContain('You have 23 notes:\n1. note 0\n');
    expect(answer).toContain('20. note 19\n… and 3 more.\n(offline model)');
    expect((await converse('my notes', { notes_list: { notes: [] } })).answer).toBe(
      'I find no notes of yours. (offline model)',
    );
  });

  it.each<[string, JsonValue]>([
    ['calculator', null],
    ['calculator', 'odd'],
    ['current_time', [1]],
    ['notes_list', { notes: 'odd' }],
    ['notes_list', { notes: [null, 'odd', {}] }],
    ['notes_add', 7],
  ])('copes with an answer of %s that looks otherwise: %j', async (toolName, value) => {
    const text = 'What is 6*7, what time is it? Remember that I like tea. Show my notes.';
    const { answer } = await converse(text, { ...tools, [toolName]: value });
    expect(answer).toMatch(/\(offline model\)$/);
  });
});

describe('small talk with the offline model', () => {
  it('repeats what was said and tells what it can do', async () => {
    const { text, toolCalls } = await ask([{ role: 'user', text: 'canary-4711 sings' }]);
    expect(toolCalls).toEqual([]);
    expect(text).toContain('You said: "canary-4711 sings" (2 words).');
    expect(text).toContain('What are my notes?');
    expect(text.match(/\(offline model\)/g)).toHaveLength(1);
  });

  it('repeats 200 characters at most and breaks none', async () => {
    const { text } = await ask([{ role: 'user', text: '🦉'.repeat(1_000_000) }]);
    expect(text).toContain(`You said: "${'🦉'.repeat(200)}…" (1 word).`);
    expect(text.length).toBeLessThan(1_000);
  });

  it.each([[[]], [[{ role: 'user', text: ' ' }] as const]])('answers silence (%#)', async (messages) => {
    expect((await ask(messages)).text).toContain('You said nothing.');
  });
});

describe('directives to the offline model', () => {
  it('asks for exactly the tool and the arguments it was told, offered or not', async () => {
    const { rounds, answer } = await converse('/tool delete_all {"really":true}', tools);
    expect(rounds).toEqual([[['delete_all', { really: true }]]]);
    expect(answer).toBe('The tool delete_all failed: There is no such tool. (offline model)');
  });

  it('writes broken arguments as real models do', async () => {
    const { toolCalls } = await ask([{ role: 'user', text: '/tool calculator {"expression":' }]);
    expect(toolCalls).toEqual([
      { id: expect.any(String), name: 'calculator', invalidArguments: '{"expression":' },
    ]);
  });

  it('reports what the tool answered', async () => {
    const { answer } = await converse('/tool weather {}', { weather: { degrees: 21 } });
    expect(answer).toBe('The tool weather answered: {"degrees":21} (offline model)');
  });

  it.each([0, 1, 3, 500])('streams %i parts', async (count) => {
    const deltas: string[] = [];
    const reply = await ask([{ role: 'user', text: `/say ${count}` }], {
      onText: (delta) => deltas.push(delta),
    });
    expect(deltas).toHaveLength(count);
    expect(reply).toMatchObject({ toolCalls: [], usage: { outputTokens: count }, finishReason: 'stop' });
    if (count === 3) expect(deltas).toEqual(['word1', ' word2', ' word3']);
  });

  it('calculates first in a benchmark', async () => {
    const { rounds, answer } = await converse('/bench 2', tools);
    expect(rounds).toEqual([[['calculator', { expression: '6*7' }]]]);
    expect(answer).toBe('word1 word2');
  });

  it('fails when told to', async () => {
    const failing = [{ role: 'user', text: '/fail' }] as const;
    await expect(ask(failing)).rejects.toBeInstanceOf(ModelFailedError);
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: '/fail' }] }];
    await expect(new OfflineModel().doGenerate({ prompt })).rejects.toThrow('as it was told to');
  });

  it('sleeps as long as it was told', async () => {
    const before = performance.now();
    expect((await ask([{ role: 'user', text: '/sleep 100' }])).text).toBe(
      'I slept 100 milliseconds. (offline model)',
    );
    expect(performance.now() - before).toBeGreaterThanOrEqual(95);
  });
});
