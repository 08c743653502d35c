import type { EventData, EventOf, ThreadEvent, ToolOutcome } from '@bulkhead/client';
import { whyCutOff } from './answer-end.ts';
import type { Style, Terminal } from './terminal.ts';

const MAX_VALUE_LENGTH = 1_000;

export interface PrinterOptions {
  /** Prints the whole answer once more at the end, on lines of its own, for whoever reads the last lines only. */
  readonly answerAtEnd: boolean;
}

/** Prints events as they come, each with its type at the start of a line; the pieces of a text share one. */
export class EventPrinter {
  #isStreaming = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: PrinterOptions,
  ) {}

  print(event: ThreadEvent): void {
    // Sub-agents write side by side, and to their supervisor: what they answer is the result of its tool call.
    if (event.type === 'message_delta')
      return event.operationDepth > 0 ? undefined : this.#stream(event.data.text);
    const hasStreamed = this.#isStreaming;
    this.#isStreaming = false;
    switch (event.type) {
      case 'run_queued':
        return this.#line(event, 'dim', '');
      case 'agent_started':
        return this.#line(event, 'dim', `${event.agentName} (${event.data.model})`);
      case 'agent_thinking':
        return this.#line(event, 'dim', thinking(event.data));
      case 'tool_executing':
        return this.#line(event, 'yellow', `${event.data.toolName} ${toText(event.data.arguments)}`);
      case 'tool_completed':
        return this.#line(event, toneOf(event.data.outcome), completed(event.data));
      case 'approval_requested':
        return this.#line(event, 'yellow', `${event.data.toolName} ${toText(event.data.arguments)}`);
      case 'approval_resolved':
        return this.#line(event, 'yellow', event.data.decision);
      case 'agent_completed':
        return this.#completed(event, hasStreamed);
      case 'agent_failed':
        return this.#line(event, 'red', `${event.data.state}: ${event.data.problem.detail}`);
      case 'agent_cancelled':
        return this.#line(event, 'red', '');
    }
  }

  #stream(text: string): void {
    if (!this.#isStreaming) {
      this.terminal.endLine();
      this.terminal.text('message_delta ');
    }
    this.#isStreaming = true;
    this.terminal.text(text);
  }

  #completed(event: EventOf<'agent_completed'>, hasStreamed: boolean): void {
    const { steps, toolCalls, text } = event.data;
    this.#line(event, 'dim', `${count(steps, 'step')}, ${count(toolCalls, 'tool call')}`);
    if (this.options.answerAtEnd || !hasStreamed) this.terminal.line([text, 'bold']);
    const cutOff = whyCutOff(event.data);
    if (cutOff !== undefined) this.terminal.line([cutOff, 'red']);
  }

  #line({ type, operationDepth, agentName }: ThreadEvent, style: Style, text: string): void {
    const who = operationDepth > 0 ? `[${agentName}] ` : '';
    this.terminal.line([type, style], [`${who}${text}`]);
  }
}

const thinking = ({ step, attempt }: EventData['agent_thinking']): string =>
  attempt > 1 ? `step ${step}, starting over: forget the text since the last step` : `step ${step}`;

function completed({ toolName, outcome, result, problem }: EventData['tool_completed']): string {
  return `${toolName} → ${outcome === 'succeeded' ? toText(result) : `${outcome}: ${problem?.detail ?? ''}`}`;
}

const toneOf = (outcome: ToolOutcome): Style => (outcome === 'succeeded' ? 'green' : 'red');
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function toText(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
