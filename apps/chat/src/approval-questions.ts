import { ConnectionError, type BulkheadClient, type EventOf, type ThreadEvent } from '@bulkhead/client';
import { explain } from './explanation.ts';
import type { Terminal } from './terminal.ts';
import type { TypedLines } from './typed-lines.ts';

type Request = EventOf<'approval_requested'>['data'];

interface Question {
  readonly closed: Promise<void>;
  readonly close: () => void;
}

/** Asks the person at the terminal about tool calls, one after another, for as long as each is undecided. */
export class ApprovalQuestions {
  readonly #open = new Map<string, Question>();
  #asking: Promise<void> = Promise.resolve();

  /** @param onInputEnd is called when there is nobody left who could answer */
  constructor(
    private readonly client: Pick<BulkheadClient, 'approvals' | 'decide'>,
    private readonly lines: TypedLines,
    private readonly terminal: Terminal,
    private readonly onInputEnd: () => void,
  ) {}

  see(event: ThreadEvent): void {
    if (event.type === 'approval_resolved') this.#close(event.data.approvalId);
    if (event.type !== 'approval_requested') return;
    const { data } = event;
    let close = (): void => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    this.#open.set(data.approvalId, { closed, close });
    this.#asking = this.#asking.then(() => this.#ask(data));
  }

  /** The run has ended: nothing is left to decide. */
  async end(): Promise<void> {
    for (const approvalId of this.#open.keys()) this.#close(approvalId);
    await this.#asking;
  }

  #close(approvalId: string): void {
    this.#open.get(approvalId)?.close();
    this.#open.delete(approvalId);
  }

  async #ask(request: Request): Promise<void> {
    const { approvalId, argumentsHash } = request;
    for (let question; (question = this.#open.get(approvalId));) {
      try {
        const args = exact(await this.#argumentsOf(request));
        this.terminal.line([`Allow ${request.toolName} ${args} ?`, 'yellow'], ['y or n', 'bold']);
        const answer = (await this.lines.read(question.closed))?.toLowerCase();
        if (!this.#open.has(approvalId)) return;
        if (answer === undefined) {
          this.terminal.line([howToDecide(request)]);
          this.#close(approvalId);
          return this.onInputEnd();
        }
        if (answer === 'y' || answer === 'yes')
          await this.client.decide(approvalId, { decision: 'approve', argumentsHash });
        else if (answer === 'n' || answer === 'no')
          await this.client.decide(approvalId, { decision: 'refuse' });
        else continue;
        this.#close(approvalId);
      } catch (error) {
        this.terminal.line([explain(error), 'red']);
        // It may not have arrived; the same decision again changes nothing.
        if (!(error instanceof ConnectionError)) this.#close(approvalId);
      }
    }
  }

  /** Large arguments are cut off in events; nobody decides about what was not shown. */
  async #argumentsOf({ approvalId, argumentsRef, arguments: args }: Request): Promise<unknown> {
    if (argumentsRef === undefined) return args;
    return (await this.client.approvals()).find((it) => it.approvalId === approvalId)?.arguments ?? args;
  }
}

/** For whoever is not asked here. */
export const howToDecide = ({ approvalId, argumentsHash, expiresAt }: Request): string =>
  `It waits for your decision until ${expiresAt}. Approve it with POST /v1/approvals/${approvalId} ` +
  `{"decision":"approve","argumentsHash":"${argumentsHash}"}, or refuse it with {"decision":"refuse"}.`;

/** Invisible characters could make arguments look like others. */
const exact = (args: unknown): string =>
  JSON.stringify(args).replace(/\p{Cf}/gu, (hidden) => `\\u{${(hidden.codePointAt(0) ?? 0).toString(16)}}`);
