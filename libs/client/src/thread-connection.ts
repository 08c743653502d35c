import type { ThreadEvent } from '@bulkhead/events';
import { AckBatch } from './ack-batch.ts';
import { ConnectionError } from './connection.error.ts';
import { EventQueue } from './event-queue.ts';
import { EventSequence } from './event-sequence.ts';
import { ReconnectingSocket } from './reconnecting-socket.ts';
import type { AcceptedRun, RunState } from './resources.ts';
import type { Session } from './session.ts';
import { Turnstile } from './turnstile.ts';

/** An acknowledgement covers what this many milliseconds brought. */
const ACK_INTERVAL_MS = 250;

export interface OpenThreadOptions {
  /** The thread to follow; by default a new one. */
  readonly threadId?: string;
  /** Replay everything after this sequence first; 0 is everything. By default only what comes from now on. */
  readonly afterSeq?: number;
}

export type ConnectionStatus = 'connected' | 'reconnecting' | 'closed';

/**
 * One thread, live. Follows it across lost connections and server restarts: each event is handed out once, in
 * order, without a gap. Made by `BulkheadClient.openThread`.
 */
export class ThreadConnection {
  readonly #socket: ReconnectingSocket;
  readonly #sequence: EventSequence<ThreadEvent>;
  readonly #queue = new EventQueue<ThreadEvent>();
  readonly #acks = new AckBatch(ACK_INTERVAL_MS, (seq) => this.#acknowledge(seq));
  readonly #ready = new Turnstile();
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  #threadId: string | undefined;
  #isOpened = false;
  #isJoining = false;
  #status: ConnectionStatus = 'reconnecting';

  private constructor(session: Session, { threadId, afterSeq }: OpenThreadOptions) {
    this.#threadId = threadId;
    this.#sequence = new EventSequence(afterSeq);
    this.#socket = new ReconnectingSocket(session, {
      connected: () => this.#join(),
      received: (event) => this.#receive(event),
      interrupted: (error) => (this.#isOpened ? this.#wait() : this.#fail(error)),
      refused: (error) => this.#fail(error),
    });
  }

  /** @throws ProblemError (a foreign and an absent thread are both `not_found`), ConnectionError */
  static async open(session: Session, options: OpenThreadOptions): Promise<ThreadConnection> {
    const connection = new ThreadConnection(session, options);
    connection.#socket.connect();
    await connection.#ready.pass();
    return connection;
  }

  get threadId(): string {
    return this.#threadId ?? '';
  }

  /** The sequence of the newest event that arrived: the cursor to come back with. */
  get lastSeq(): number {
    return this.#sequence.cursor ?? 0;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Calls back on every change of status, until the returned function is called. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Sends a message, after the connection is back if it is lost. `content`: 1 to 32,000 characters.
   * @throws ProblemError, or ConnectionError when it broke before the answer: then the message may have been
   * accepted, which the thread's events tell
   */
  async send(content: string, options: { readonly agentName?: string } = {}): Promise<AcceptedRun> {
    await this.#ready.pass();
    const { agentName } = options;
    const request = { threadId: this.threadId, content, ...(agentName !== undefined && { agentName }) };
    return this.#socket.call('message_send', request);
  }

  /** Asks a run to stop; its end comes as an event. @throws ProblemError, ConnectionError */
  async cancel(runId: string): Promise<RunState> {
    await this.#ready.pass();
    return (await this.#socket.call('run_cancel', { runId })).state;
  }

  /**
   * The thread's events; ends with `close()` or the signal. An event is acknowledged when the next one is asked
   * for, or the loop is left. Events wait for the next loop; two loops at once share them.
   * @throws ProblemError when the server refuses to go on, e.g. `resync_required` or an ended session
   */
  async *events(
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ThreadEvent, void, undefined> {
    for (;;) {
      const event = await this.#queue.take(options.signal);
      if (!event) return;
      try {
        yield event;
      } finally {
        this.#acks.add(event.seq);
      }
    }
  }

  /** Acknowledges what was handed out, and disconnects. Runs go on without. */
  async close(): Promise<void> {
    if (this.#status === 'connected') await this.#acks.flush();
    this.#end(new ConnectionError('The connection was closed.'));
  }

  #join(): void {
    if (this.#isJoining) return;
    this.#isJoining = true;
    this.#openThread()
      .catch((error: Error) => {
        if (this.#status !== 'closed') this.#socket.recover(error);
      })
      .finally(() => (this.#isJoining = false));
  }

  async #openThread(): Promise<void> {
    const afterSeq = this.#sequence.cursor;
    const { threadId, lastSeq } = await this.#socket.call('thread_subscribe', {
      ...(this.#threadId !== undefined && { threadId: this.#threadId }),
      ...(afterSeq !== undefined && { afterSeq }),
    });
    this.#threadId = threadId;
    this.#isOpened = true;
    this.#queue.push(this.#sequence.startAfter(lastSeq));
    this.#socket.confirm();
    this.#ready.open();
    this.#change('connected');
    // What a lost connection kept from being acknowledged.
    await this.#acks.flush();
  }

  #receive(event: ThreadEvent): void {
    if (this.#threadId !== undefined && event.threadId !== this.#threadId) return;
    this.#queue.push(this.#sequence.accept(event));
    // Opening the thread again moves the server's cursor back to ours.
    if (this.#sequence.hasGap) this.#join();
  }

  #wait(): void {
    this.#ready.close();
    this.#change('reconnecting');
  }

  #fail(error: Error): void {
    this.#queue.end(error);
    this.#end(error);
  }

  #end(reason: Error): void {
    this.#socket.close();
    this.#queue.end();
    this.#ready.break(reason);
    this.#change('closed');
  }

  #acknowledge(seq: number): Promise<unknown> {
    return this.#socket.call('event_ack', { threadId: this.threadId, seq });
  }

  #change(status: ConnectionStatus): void {
    if (this.#status === status || this.#status === 'closed') return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
}
