import type { ResyncRequired, ThreadEvent } from '@bulkhead/events';
import type { CallOptions } from './abortable.ts';
import { orAbort } from './abortable.ts';
import { AckBatch } from './ack-batch.ts';
import { ConnectionError } from './connection.error.ts';
import type { ReconnectingSocket } from './reconnecting-socket.ts';
import type { AcceptedRun, RunState, WhenBusy } from './resources.ts';
import type { ResyncChoice } from './resync.ts';
import { Subscription } from './subscription.ts';
import { Turnstile } from './turnstile.ts';

/** How a message is to be handled. */
export interface MessageOptions {
  readonly agentName?: string;
  /** Absent: as the thread says. */
  readonly whenBusy?: WhenBusy;
}

/** An acknowledgement covers what this many milliseconds brought. */
const ACK_INTERVAL_MS = 1_000;
const BUFFER_SIZE = 1_000;

export interface OpenThreadOptions extends CallOptions {
  /** The thread to follow; by default a new one. */
  readonly threadId?: string;
  /** Replay everything after this sequence first; 0 is everything. By default only what comes from now on. */
  readonly afterSeq?: number;
  /**
   * How many events may wait to be taken, 1 or more; by default 1,000. When so many do, the server is asked to
   * stop, and to go on after the last of them once half are taken.
   */
  readonly bufferSize?: number;
  /**
   * Called where the events have a discontinuity, after everything before it was taken, and says where to go on.
   * Without it, the events end there with `resync_required`: nothing is ever left out without a word.
   */
  readonly onResync?: (resync: ResyncRequired) => ResyncChoice | Promise<ResyncChoice>;
}

export type ConnectionStatus = 'connected' | 'reconnecting' | 'closed';

/** @param cause why, unless it is connected */
export type StatusListener = (status: ConnectionStatus, cause?: Error) => void;

/**
 * One thread, live. Follows it across lost connections and server restarts: each event is handed out once, in
 * order, without a gap. Made by `BulkheadClient.openThread`; all threads of a client share one connection.
 */
export class ThreadConnection {
  readonly #subscription: Subscription;
  readonly #acks = new AckBatch(ACK_INTERVAL_MS, (seq) => this.#acknowledge(seq));
  readonly #ready = new Turnstile();
  readonly #listeners = new Set<StatusListener>();
  #isOpened = false;
  #status: ConnectionStatus = 'reconnecting';

  private constructor(
    private readonly socket: ReconnectingSocket,
    { bufferSize = BUFFER_SIZE, ...options }: OpenThreadOptions,
  ) {
    this.#subscription = new Subscription(
      socket,
      { ...options, bufferSize },
      {
        ready: () => this.#onReady(),
        interrupted: (error) => (this.#isOpened ? this.#wait(error) : this.#end(error)),
        failed: (error) => this.#end(error),
      },
    );
  }

  /** @throws ProblemError (a foreign and an absent thread are both `not_found`), ConnectionError */
  static async open(socket: ReconnectingSocket, options: OpenThreadOptions): Promise<ThreadConnection> {
    options.signal?.throwIfAborted();
    const connection = new ThreadConnection(socket, options);
    connection.#subscription.start();
    try {
      await connection.#ready.pass(options.signal);
    } catch (error) {
      connection.#end(error as Error);
      throw error;
    }
    return connection;
  }

  get threadId(): string {
    return this.#subscription.threadId;
  }

  /** The sequence of the newest event that arrived. */
  get lastSeq(): number {
    return this.#subscription.cursor;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Calls back on every change of status, until the returned function is called. */
  onStatus(listener: StatusListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Sends a message, after the connection is back if it is lost. `content`: 1 to 32,000 characters.
   * @throws ProblemError, or ConnectionError when it broke before the answer: then the message may have been
   * accepted, which the thread's events tell
   */
  async send(
    content: string,
    { agentName, whenBusy, ...call }: CallOptions & MessageOptions = {},
  ): Promise<AcceptedRun> {
    await this.#ready.pass(call.signal);
    const request = {
      threadId: this.threadId,
      content,
      ...(agentName !== undefined && { agentName }),
      ...(whenBusy !== undefined && { whenBusy }),
    };
    return this.socket.call('message_send', request, call);
  }

  /** Asks a run to stop; its end comes as an event. @throws ProblemError, ConnectionError */
  async cancel(runId: string, call: CallOptions = {}): Promise<RunState> {
    await this.#ready.pass(call.signal);
    return (await this.socket.call('run_cancel', { runId }, call)).state;
  }

  /**
   * The thread's events; ends with `close()` or the signal. An event is acknowledged when the next one is asked
   * for, or the loop is left. Events wait for the next loop; two loops at once share them.
   * @throws ProblemError when the server refuses to go on, e.g. `resync_required` or an ended session
   */
  async *events({ signal }: CallOptions = {}): AsyncGenerator<ThreadEvent, void, undefined> {
    for (;;) {
      const event = await this.#subscription.take(signal);
      if (!event) return;
      try {
        yield event;
      } finally {
        this.#acks.add(event.seq);
      }
    }
  }

  /** Acknowledges what was handed out, and leaves. Runs go on without. Aborting only skips the acknowledgement. */
  async close({ signal }: CallOptions = {}): Promise<void> {
    try {
      if (this.#status === 'connected') await orAbort(this.#acks.flush(), signal);
    } catch {
      // Aborted: what is not acknowledged is merely not known to have arrived.
    }
    this.#acks.stop();
    this.#end();
  }

  #onReady(): void {
    this.#isOpened = true;
    this.#ready.open();
    this.#change('connected');
    // What a lost connection kept from being acknowledged.
    void this.#acks.flush();
  }

  #wait(error: Error): void {
    this.#ready.close();
    this.#change('reconnecting', error);
  }

  #end(error?: Error): void {
    this.#subscription.end(error);
    const reason = error ?? new ConnectionError('The connection was closed.');
    this.#ready.break(reason);
    this.#change('closed', reason);
  }

  #acknowledge(seq: number): Promise<unknown> {
    return this.socket.call('event_ack', { threadId: this.threadId, seq });
  }

  #change(status: ConnectionStatus, cause?: Error): void {
    if (this.#status === status || this.#status === 'closed') return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status, cause);
  }
}
