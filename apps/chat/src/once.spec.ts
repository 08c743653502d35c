import type { AnswerEnd, ThreadConnection, ThreadEvent } from '@bulkhead/client';
import type { ThreadOpener } from './conversation.ts';
import { EventPrinter } from './event-printer.ts';
import { askOnce } from './once.ts';
import { Terminal } from './terminal.ts';

const envelope = { eventId: 'e', seq: 1, threadId: 't', agentName: 'assistant', operationDepth: 0, at: '' };
const origin = { runId: 'r', requestId: 'q' };
const usage = { inputTokens: 1, outputTokens: 1 };
const completed = (finishReason?: AnswerEnd): ThreadEvent => ({
  ...{ ...envelope, ...origin, type: 'agent_completed' },
  data: {
    messageId: 'm',
    text: 'I can',
    steps: 1,
    toolCalls: 0,
    usage,
    ...(finishReason && { finishReason }),
  },
});
const problem = { type: 'x', title: 'x', status: 502, code: 'model_gave_no_answer', detail: 'Nothing.' };
const failed: ThreadEvent = {
  ...{ ...envelope, ...origin, type: 'agent_failed' },
  data: { state: 'failed', problem },
};

/** Asks a server whose one run ends with this event. @returns the exit code and what was printed */
async function ended(event: ThreadEvent): Promise<{ code: number; output: string }> {
  const thread: Partial<ThreadConnection> = {
    threadId: 't',
    onStatus: () => () => undefined,
    send: () => Promise.resolve({ threadId: 't', runId: 'r', messageId: 'm', seq: 0 }),
    async *events() {
      yield await Promise.resolve(event);
    },
    close: () => Promise.resolve(),
  };
  const client: ThreadOpener = {
    openThread: () => Promise.resolve(thread as ThreadConnection),
    events: () => Promise.resolve([]),
  };
  let output = '';
  const write = (text: Uint8Array | string): boolean => {
    output += String(text);
    return true;
  };
  const terminal = new Terminal({ isTTY: false, write }, {});
  const printer = new EventPrinter(terminal, { answerAtEnd: true });
  return { code: await askOnce(client, 'Hello', { printer, notices: terminal }), output };
}

describe('a question that is asked once', () => {
  it.each(['stop', undefined] as const)(
    'exits with 0 when it was answered in full (%s)',
    async (finishReason) => {
      expect(await ended(completed(finishReason))).toMatchObject({ code: 0 });
    },
  );

  it.each([
    ['length', 'token limit'],
    ['content_filter', 'content filter'],
    ['malformed', 'tool call'],
    ['other', 'reason'],
  ] as const)('exits with 1 when the answer is not whole (%s), and says why', async (finishReason, why) => {
    const { code, output } = await ended(completed(finishReason));
    expect(code).toBe(1);
    expect(output).toContain('I can');
    expect(output).toContain(why);
  });

  it('exits with 1 when there is no answer', async () => {
    expect(await ended(failed)).toMatchObject({ code: 1 });
  });
});
