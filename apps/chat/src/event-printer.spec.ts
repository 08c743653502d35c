import type { EventData, EventOf, EventType, ThreadEvent } from '@bulkhead/client';
import { EventPrinter } from './event-printer.ts';
import { Terminal } from './terminal.ts';

const envelope = { eventId: 'e', seq: 1, threadId: 't', agentName: 'assistant', operationDepth: 0, at: '' };
const origin = { runId: 'r', requestId: 'q' };

function anEvent<Type extends EventType>(type: Type, data: EventData[Type]): EventOf<Type> {
  return { ...envelope, ...origin, type, data };
}

const problem = { type: 'urn:x', title: 'x', status: 403, code: 'x', detail: 'Not here.' };
const call = { toolCallId: '1', toolName: 'calculator' };
const usage = { inputTokens: 1, outputTokens: 1 };
const answer = anEvent('agent_completed', { messageId: 'm', text: 'a b', steps: 1, toolCalls: 2, usage });

function printed(events: readonly ThreadEvent[], answerAtEnd = false): string[] {
  let output = '';
  const write = (text: Uint8Array | string): boolean => {
    output += String(text);
    return true;
  };
  const printer = new EventPrinter(new Terminal({ isTTY: false, write }, {}), { answerAtEnd });
  for (const event of events) printer.print(event);
  return output.split('\n').slice(0, -1);
}

describe('EventPrinter', () => {
  it.each<[string, ThreadEvent]>([
    ['run_queued', anEvent('run_queued', { messageId: 'm', content: 'hello' })],
    ['agent_started assistant (offline)', anEvent('agent_started', { model: 'offline' })],
    ['agent_thinking step 2', anEvent('agent_thinking', { step: 2, attempt: 1 })],
    [
      'tool_executing calculator {"expression":"1+1"}',
      anEvent('tool_executing', { ...call, arguments: { expression: '1+1' } }),
    ],
    [
      'tool_completed calculator → {"result":"2"}',
      anEvent('tool_completed', { ...call, outcome: 'succeeded', result: { result: '2' }, durationMs: 1 }),
    ],
    [
      'tool_completed calculator → refused: Not here.',
      anEvent('tool_completed', { ...call, outcome: 'refused', problem, durationMs: 1 }),
    ],
    ['agent_failed timed_out: Not here.', anEvent('agent_failed', { state: 'timed_out', problem })],
    ['agent_cancelled', anEvent('agent_cancelled', { reason: 'requested' })],
  ])('prints "%s"', (line, event) => {
    expect(printed([event])).toEqual([line]);
  });

  it('prints the pieces of a text on one line', () => {
    const pieces = ['a', ' b'].map((text) => anEvent('message_delta', { step: 1, text }));
    expect(printed([...pieces, answer])).toEqual([
      'message_delta a b',
      'agent_completed 1 step, 2 tool calls',
    ]);
  });

  it('prints the answer at the end when that is asked for', () => {
    const pieces = [anEvent('message_delta', { step: 1, text: 'a b' })];
    expect(printed([...pieces, answer], true).at(-1)).toBe('a b');
  });

  it('prints an answer that did not come in pieces', () => {
    expect(printed([answer]).at(-1)).toBe('a b');
  });

  it('says when the text of a step is to be forgotten', () => {
    expect(printed([anEvent('agent_thinking', { step: 1, attempt: 2 })]).join()).toContain('starting over');
  });

  it('names the agent that another one called', () => {
    const event = { ...anEvent('agent_started', { model: 'offline' }), operationDepth: 1 };
    expect(printed([event])).toEqual(['agent_started [assistant] assistant (offline)']);
  });
});
