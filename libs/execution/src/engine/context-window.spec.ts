import type { ChatMessage } from '@bulkhead/models';
import fc from 'fast-check';
import { ContextWindow } from './context-window.ts';

const user = (text: string): ChatMessage => ({ role: 'user', text });
const answer = (text: string): ChatMessage => ({ role: 'assistant', text, toolCalls: [] });
const round = (id: string, size: number): ChatMessage[] => [
  { role: 'assistant', text: '', toolCalls: [{ id, name: 'look', arguments: {} }] },
  { role: 'tool', toolCallId: id, toolName: 'look', result: 'x'.repeat(size), isError: false },
];
const resultOf = (window: ContextWindow, id: string): unknown =>
  window.messages.find((message) => message.role === 'tool' && message.toolCallId === id);

describe('what a model is told', () => {
  it('is everything, as long as it fits', () => {
    const window = new ContextWindow([user('a'), answer('b'), user('c')], 1_000);
    window.add(round('1.1', 100));
    expect(window.messages).toEqual([user('a'), answer('b'), user('c'), ...round('1.1', 100)]);
  });

  it('loses the oldest messages first, and then the oldest answers of tools', () => {
    const window = new ContextWindow([user('a'), answer('b'), user('question')], 1_000);
    window.add(round('1.1', 3_000));
    window.add(round('2.1', 3_000));
    expect(window.messages[0]).toEqual(user('question'));
    expect(resultOf(window, '1.1')).toMatchObject({ result: expect.stringContaining('Left out') });
    expect(resultOf(window, '2.1')).toMatchObject({ result: 'x'.repeat(3_000) });
  });

  it('always has the question, the newest results, and an answer to every tool call', () => {
    const sizes = fc.array(fc.nat(9_000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.nat(8), fc.integer({ min: 1, max: 5_000 }), (results, turns, maxTokens) => {
        const past = Array.from({ length: turns }, (_, index) => [
          user(`q${index}`),
          answer('x'.repeat(500)),
        ]);
        const window = new ContextWindow([...past.flat(), user('question')], maxTokens);
        for (const [index, size] of results.entries()) {
          const newest = round(`${index}`, size);
          window.add(newest);
          const told = window.messages;
          expect(told).toContainEqual(user('question'));
          expect(told.slice(-2)).toEqual(newest);
          const asked = told.flatMap((each) => (each.role === 'assistant' ? each.toolCalls : []));
          const answered = told.flatMap((each) => (each.role === 'tool' ? [each.toolCallId] : []));
          expect(answered).toEqual(asked.map(({ id }) => id));
        }
      }),
    );
  });
});
