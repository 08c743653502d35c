import {
  ConnectionError,
  isTerminal,
  type BulkheadClient,
  type ResyncChoice,
  type ThreadConnection,
  type ThreadEvent,
} from '@bulkhead/client';
import type { EventPrinter } from './event-printer.ts';
import type { Terminal } from './terminal.ts';

/** A connection that is back sooner is not worth a word, in milliseconds. */
const NOTICE_AFTER_MS = 300;

/** The part of the client that a conversation needs. */
export type ThreadOpener = Pick<BulkheadClient, 'openThread' | 'events'>;

export interface ConversationOptions {
  readonly agentName?: string;
  /** Where events go. */
  readonly printer: EventPrinter;
  /** Where notices about the connection go. */
  readonly notices: Terminal;
  /** Is told of every event, after it was printed. */
  readonly onEvent?: (event: ThreadEvent) => void;
}

/** One thread: asks, and shows what happens until the answer is there. */
export class Conversation {
  #runId: string | undefined;
  #notice: NodeJS.Timeout | undefined;
  #isInterrupted = false;

  private constructor(
    private readonly client: ThreadOpener,
    private readonly thread: ThreadConnection,
    private readonly options: ConversationOptions,
  ) {
    thread.onStatus((status) => (status === 'reconnecting' ? this.#onLost() : this.#onBack()));
  }

  /** Opens a new thread. */
  static async open(client: ThreadOpener, options: ConversationOptions): Promise<Conversation> {
    const onResync = (): ResyncChoice => {
      options.notices.line(['some events are no longer stored; going on with the oldest that is', 'yellow']);
      return 'oldest';
    };
    return new Conversation(client, await client.openThread({ onResync }), options);
  }

  get isOpen(): boolean {
    return this.thread.status !== 'closed';
  }

  /** @returns the event that ended the run; undefined when the conversation was closed before */
  async ask(content: string): Promise<ThreadEvent | undefined> {
    const runId = await this.#send(content);
    this.#runId = runId;
    try {
      for await (const event of this.thread.events()) {
        this.options.printer.print(event);
        this.options.onEvent?.(event);
        if (event.runId === runId && isTerminal(event)) return event;
      }
      return undefined;
    } finally {
      this.#runId = undefined;
    }
  }

  /** Asks the run to stop. @returns false when there is none */
  async cancel(): Promise<boolean> {
    if (this.#runId === undefined) return false;
    await this.thread.cancel(this.#runId);
    return true;
  }

  async close(): Promise<void> {
    clearTimeout(this.#notice);
    await this.thread.close();
  }

  async #send(content: string): Promise<string> {
    const before = this.thread.lastSeq;
    const { agentName } = this.options;
    try {
      return (await this.thread.send(content, agentName === undefined ? {} : { agentName })).runId;
    } catch (error) {
      if (!(error instanceof ConnectionError) || !this.isOpen) throw error;
      // The answer was lost; the message may not be. Sending it again could ask twice.
      const accepted = await this.#findAccepted(content, before);
      if (accepted !== undefined) return accepted;
      throw new ConnectionError('The server did not get the message. Send it again.', { cause: error });
    }
  }

  async #findAccepted(content: string, after: number): Promise<string | undefined> {
    await this.#untilBack();
    for (let cursor = after; ;) {
      const events = await this.client.events(this.thread.threadId, { after: cursor });
      for (const { type, data, runId } of events) {
        if (type === 'run_queued' && data.content === content) return runId;
      }
      const last = events.at(-1);
      if (!last) return undefined;
      cursor = last.seq;
    }
  }

  #untilBack(): Promise<void> {
    return new Promise((resolve) => {
      if (this.thread.status !== 'reconnecting') return resolve();
      const stop = this.thread.onStatus((status) => {
        if (status === 'reconnecting') return;
        stop();
        resolve();
      });
    });
  }

  #onLost(): void {
    this.#notice = setTimeout(() => {
      this.#isInterrupted = true;
      this.options.notices.line(['connection lost, reconnecting…', 'yellow']);
    }, NOTICE_AFTER_MS);
  }

  #onBack(): void {
    clearTimeout(this.#notice);
    if (this.#isInterrupted && this.isOpen) this.options.notices.line(['connected again', 'green']);
    this.#isInterrupted = false;
  }
}
