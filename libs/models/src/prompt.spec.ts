import type { ChatMessage } from './chat-message.ts';
import { toModelTools, toPrompt } from './prompt.ts';

describe('toPrompt', () => {
  it('puts the instructions first, as the system message', () => {
    expect(toPrompt('Be brief.', [{ role: 'user', text: 'Hello' }])).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    ]);
  });

  it.each(['', '  \n'])('leaves blank instructions out (%j)', (instructions) => {
    expect(toPrompt(instructions, [])).toEqual([]);
  });

  it('gives a call and its result the same id', () => {
    const messages: ChatMessage[] = [
      { role: 'assistant', text: 'One moment.', toolCalls: [{ id: 'a', name: 'add', arguments: { x: 1 } }] },
      { role: 'tool', toolCallId: 'a', toolName: 'add', result: { sum: 2 }, isError: false },
    ];
    expect(toPrompt('', messages)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'One moment.' },
          { type: 'tool-call', toolCallId: 'a', toolName: 'add', input: { x: 1 } },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'a',
            toolName: 'add',
            output: { type: 'json', value: { sum: 2 } },
          },
        ],
      },
    ]);
  });

  it.each([
    ['text', 'done', false],
    ['error-text', 'it broke', true],
    ['json', { sum: 2 }, false],
    ['json', null, false],
    ['error-json', [1, 2], true],
  ] as const)('hands a result over as %s', (type, result, isError) => {
    const [message] = toPrompt('', [{ role: 'tool', toolCallId: 'a', toolName: 'add', result, isError }]);
    expect(message?.content).toEqual([
      { type: 'tool-result', toolCallId: 'a', toolName: 'add', output: { type, value: result } },
    ]);
  });

  it('sends unreadable arguments back as an empty object, and no empty text', () => {
    const toolCalls = [{ id: 'a', name: 'add', invalidArguments: '{"x":' }];
    expect(toPrompt('', [{ role: 'assistant', text: '', toolCalls }])).toEqual([
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'add', input: {} }] },
    ]);
  });
});

describe('toModelTools', () => {
  it('offers a tool with its schema', () => {
    const parameters = { type: 'object', properties: { x: { type: 'number' } } };
    expect(toModelTools([{ name: 'add', description: 'Adds.', parameters }])).toEqual([
      { type: 'function', name: 'add', description: 'Adds.', inputSchema: parameters },
    ]);
  });

  it('offers a tool without parameters with an empty list of them', () => {
    const [tool] = toModelTools([{ name: 'now', description: 'Tells.', parameters: { type: 'object' } }]);
    expect(tool?.inputSchema).toEqual({ type: 'object', properties: {} });
  });
});
