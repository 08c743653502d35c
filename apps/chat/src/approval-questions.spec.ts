import { ConnectionError, type Approval, type ApprovalDecision, type ThreadEvent } from '@bulkhead/client';
import { ApprovalQuestions, howToDecide } from './approval-questions.ts';
import { Terminal } from './terminal.ts';
import { TypedLines } from './typed-lines.ts';

const envelope = { eventId: 'e', seq: 1, threadId: 't', agentName: 'assistant', operationDepth: 0, at: '' };
const origin = { runId: 'r', requestId: 'q' };
const request = (approvalId: string, more: object = {}) => ({
  approvalId,
  toolCallId: approvalId,
  toolName: 'notes_delete_all',
  arguments: { of: approvalId },
  argumentsHash: `hash-${approvalId}`,
  expiresAt: '2030-01-01',
  ...more,
});
const asked = (approvalId: string, more?: object): ThreadEvent => ({
  ...envelope,
  ...origin,
  type: 'approval_requested',
  data: request(approvalId, more),
});
const resolved = (approvalId: string): ThreadEvent => ({
  ...envelope,
  ...origin,
  type: 'approval_resolved',
  data: { approvalId, toolCallId: approvalId, decision: 'expired' },
});

/** Lines that are typed when a spec wants it. */
class Typist {
  readonly #lines: string[] = [];
  #wake: (() => void) | undefined;
  #hasLeft = false;

  type(...lines: readonly string[]): void {
    this.#lines.push(...lines);
    this.#wake?.();
  }

  leave(): void {
    this.#hasLeft = true;
    this.#wake?.();
  }

  async *read(): AsyncGenerator<string, undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) yield line;
      else if (this.#hasLeft) return undefined;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function open(decide?: () => Promise<void>) {
  const typist = new Typist();
  const decisions: (readonly [string, ApprovalDecision])[] = [];
  let [output, ends] = ['', 0];
  const write = (text: Uint8Array | string): boolean => {
    output += String(text);
    return true;
  };
  const lines = new TypedLines(typist.read());
  const whole: Approval = {
    ...request('large', { arguments: { text: 'all of it' } }),
    ...{ threadId: 't', runId: 'r', agentName: 'assistant', state: 'pending', createdAt: '2029-12-31' },
  };
  const client = {
    approvals: () => Promise.resolve([whole]),
    decide: async (approvalId: string, decision: ApprovalDecision): Promise<Approval> => {
      await decide?.();
      decisions.push([approvalId, decision]);
      return whole;
    },
  };
  const terminal = new Terminal({ isTTY: false, write }, {});
  const questions = new ApprovalQuestions(client, lines, terminal, () => (ends += 1));
  const until = async (look: () => boolean): Promise<void> => {
    while (!look()) await new Promise((resolve) => setImmediate(resolve));
  };
  return { typist, decisions, lines, questions, until, output: () => output, ends: () => ends };
}

describe('a question about a tool call', () => {
  it.each<[string, ApprovalDecision]>([
    ['y', { decision: 'approve', argumentsHash: 'hash-1' }],
    [' Yes ', { decision: 'approve', argumentsHash: 'hash-1' }],
    ['n', { decision: 'refuse' }],
    ['NO', { decision: 'refuse' }],
  ])('shows tool and arguments, and is answered with %j', async (line, decision) => {
    const { typist, decisions, questions, until, output } = open();
    questions.see(asked('1'));
    typist.type(line);
    await until(() => decisions.length === 1);
    expect(decisions).toEqual([['1', decision]]);
    expect(output()).toBe('Allow notes_delete_all {"of":"1"} ? y or n\n');
  });

  it('is asked again until the answer is one', async () => {
    const { typist, decisions, questions, until, output } = open();
    questions.see(asked('1'));
    typist.type('', 'maybe', 'y');
    await until(() => decisions.length === 1);
    expect(output().match(/Allow/g)).toHaveLength(3);
  });

  it('waits for the one before', async () => {
    const { typist, decisions, questions, until, output } = open();
    questions.see(asked('1'));
    questions.see(asked('2'));
    await until(() => output().includes('Allow'));
    expect(output()).not.toContain('"of":"2"');
    typist.type('n', 'y');
    await until(() => decisions.length === 2);
    expect(decisions.map(([approvalId, { decision }]) => [approvalId, decision])).toEqual([
      ['1', 'refuse'],
      ['2', 'approve'],
    ]);
  });

  it.each<[string, (questions: ApprovalQuestions) => unknown]>([
    ['was decided elsewhere or expired', (questions) => questions.see(resolved('1'))],
    ['ended with its run', (questions) => questions.end()],
  ])('that %s takes no line from what is typed next', async (_what, close) => {
    const { typist, decisions, lines, questions, until, output } = open();
    questions.see(asked('1'));
    await until(() => output().includes('Allow'));
    close(questions);
    await questions.end();
    typist.type('y');
    expect(await lines.read()).toBe('y');
    expect(decisions).toEqual([]);
  });

  it('shows large arguments completely, and hidden characters as what they are', async () => {
    const { questions, typist, until, output, decisions } = open();
    questions.see(asked('large', { argumentsRef: 'x', arguments: { text: 'all…' } }));
    questions.see(asked('hidden', { arguments: { text: 'a\u202eb\u0007' } }));
    typist.type('n', 'n');
    await until(() => decisions.length === 2);
    expect(output()).toContain('{"text":"all of it"}');
    expect(output()).toContain('{"text":"a\\u{202e}b\\u0007"}');
  });

  it('is asked again when the decision may not have arrived', async () => {
    let failures = 1;
    const lost = new ConnectionError('The server does not answer.');
    const { typist, decisions, questions, until, output } = open(() =>
      failures-- > 0 ? Promise.reject(lost) : Promise.resolve(),
    );
    questions.see(asked('1'));
    typist.type('y', 'y');
    await until(() => decisions.length === 1);
    expect(output()).toMatch(/Allow[^]*does not answer[^]*Allow/);
  });

  it('is not decided by the end of the input: it says how to, and ends the chat', async () => {
    const { typist, decisions, questions, until, output, ends } = open();
    questions.see(asked('1'));
    typist.leave();
    await until(() => ends() === 1);
    expect(output()).toContain(howToDecide(request('1')));
    expect(decisions).toEqual([]);
  });
});
