import type { ResyncRequired, ThreadEvent } from '@bulkhead/events';
import { Backoff } from './backoff.ts';
import { EventQueue } from './event-queue.ts';
import { ProblemError } from './problem.error.ts';
import type { ReconnectingSocket, SocketObserver } from './reconnecting-socket.ts';
import { resyncIn, toResyncProblem, type ResyncChoice } from './resync.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/** What a subscription needs of the connection. */
export type SharedSocket = Pick<
  ReconnectingSocket,
  'join' | 'leave' | 'call' | 'stopFollowing' | 'confirm' | 'recover'
>;

/** What the owner of a subscription wants to know. */
export interface SubscriptionObserver {
  /** The server knows where this is, for the first time or again. */
  ready(): void;
  /** It doesn't, for now. */
  interrupted(error: Error): void;
  /** It never will. */
  failed(error: Error): void;
}

export interface SubscriptionOptions {
  readonly threadId?: string;
  readonly afterSeq?: number;
  /** Events that may wait to be taken. */
  readonly bufferSize: number;
  readonly onResync?: (resync: ResyncRequired) => ResyncChoice | Promise<ResyncChoice>;
}

/**
 * The events of one thread, each once, in order, without a gap, over whatever the connection does. Holds one
 * cursor: only the event right after it is taken in; what came before is a duplicate, and what lies beyond has a
 * gap before it, for which the server is asked again. So nothing but the events that wait is ever kept here.
 */
export class Subscription implements SocketObserver {
  readonly #queue = new EventQueue<ThreadEvent | { readonly resync: ResyncRequired }>();
  readonly #backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  #threadId: string | undefined;
  #cursor: number | undefined;
  /** The newest event that could not be taken in before the start was known. */
  #overtaking = 0;
  #isConnected = false;
  #isSubscribed = false;
  #isFull = false;
  #isResyncing = false;
  #isWorking = false;
  #isReady = false;
  #isEnded = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly socket: SharedSocket,
    private readonly options: SubscriptionOptions,
    private readonly observer: SubscriptionObserver,
  ) {
    this.#threadId = options.threadId;
    this.#cursor = options.afterSeq;
  }

  /** Empty until the first time that the server has answered. */
  get threadId(): string {
    return this.#threadId ?? '';
  }

  /** The sequence of the newest event that arrived. */
  get cursor(): number {
    return this.#cursor ?? 0;
  }

  start(): void {
    this.socket.join(this);
  }

  /** The next event; undefined after the end, or when the signal aborts. @throws the error it ended with */
  async take(signal?: AbortSignal): Promise<ThreadEvent | undefined> {
    for (;;) {
      const item = await this.#queue.take(signal);
      if (item && 'resync' in item) await this.#resume(item.resync);
      else {
        if (this.#isFull && this.#queue.size <= this.options.bufferSize / 2) {
          this.#isFull = false;
          this.#settle();
        }
        return item;
      }
    }
  }

  /** Ends for good; what has arrived can still be taken, before the error if there is one. */
  end(error?: Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopRetry();
    this.#queue.end(error);
    const { socket } = this;
    socket.leave(this);
    // For the others on this connection, if there are any; nobody waits for the answer.
    if (this.#isSubscribed) socket.stopFollowing(this).catch(() => undefined);
  }

  connected(): void {
    this.#isConnected = true;
    this.#settle();
  }

  interrupted(error: Error): void {
    this.#isConnected = false;
    this.#isSubscribed = false;
    this.#isReady = false;
    this.#stopRetry();
    this.observer.interrupted(error);
  }

  refused(error: Error): void {
    this.observer.failed(error);
  }

  received(event: ThreadEvent): void {
    if (event.threadId !== this.#threadId || this.#isFull || this.#isResyncing || this.#isEnded) return;
    if (this.#cursor === undefined) this.#overtaking = Math.max(this.#overtaking, event.seq);
    else if (event.seq === this.#cursor + 1) {
      this.#cursor = event.seq;
      this.#queue.push(event);
      this.#isFull = this.#queue.size >= this.options.bufferSize;
    } else if (event.seq > this.#cursor) this.#isSubscribed = false;
    this.#settle();
  }

  resyncRequired(resync: ResyncRequired): void {
    if (resync.threadId !== this.#threadId || this.#isResyncing || this.#isEnded) return;
    this.#discontinue(resync, new ProblemError(toResyncProblem(resync)));
  }

  /** Brings the server to where this wants to be, one request at a time: requests could overtake each other. */
  #settle(): void {
    if (this.#isWorking || this.#isEnded || !this.#isConnected || this.#retry !== undefined) return;
    const isWanted = !this.#isFull && !this.#isResyncing;
    if (isWanted === this.#isSubscribed) return this.#confirm();
    this.#isWorking = true;
    (isWanted ? this.#subscribe() : this.#unsubscribe())
      .catch((error: Error) => this.#onTrouble(error))
      .finally(() => {
        this.#isWorking = false;
        this.#settle();
      });
  }

  async #subscribe(): Promise<void> {
    const threadId = this.#threadId;
    const afterSeq = this.#cursor;
    const answer = await this.socket.call('thread_subscribe', {
      ...(threadId !== undefined && { threadId }),
      ...(afterSeq !== undefined && { afterSeq }),
    });
    this.#threadId = answer.threadId;
    // Ended while it was asked for.
    if (this.#isEnded) return this.socket.stopFollowing(this);
    this.#cursor ??= answer.lastSeq;
    // An event that came before its thread's start was known is asked for again.
    this.#isSubscribed = this.#overtaking <= this.#cursor;
    this.#overtaking = 0;
  }

  async #unsubscribe(): Promise<void> {
    this.#isSubscribed = false;
    await this.socket.stopFollowing(this);
  }

  #confirm(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#backoff.reset();
    this.socket.confirm();
    this.observer.ready();
  }

  #onTrouble(error: Error): void {
    // A connection that broke says so itself, and comes back.
    if (this.#isEnded || !(error instanceof ProblemError)) return;
    const { status, problem } = error;
    const resync = resyncIn(problem, this.threadId);
    if (resync) this.#discontinue(resync, error);
    else if (status === 401) this.socket.recover(error);
    else if (status < 500 && status !== 429) this.observer.failed(error);
    else {
      const wait = (problem.retryAfterSeconds ?? 0) * 1000 || this.#backoff.next();
      this.#isReady = false;
      this.#retry = setTimeout(() => this.#retryNow(), wait);
      this.observer.interrupted(error);
    }
  }

  #retryNow(): void {
    this.#stopRetry();
    this.#settle();
  }

  #stopRetry(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  /** What arrived before is taken first: the caller learns of the discontinuity where it is. */
  #discontinue(resync: ResyncRequired, error: Error): void {
    if (!this.options.onResync) return this.observer.failed(error);
    this.#isResyncing = true;
    this.#isSubscribed = false;
    this.#queue.push({ resync });
  }

  async #resume(resync: ResyncRequired): Promise<void> {
    try {
      const choice = await this.options.onResync?.(resync);
      this.#cursor = choice === 'latest' ? resync.latestSeq : resync.oldestSeq - 1;
    } catch (error) {
      return this.observer.failed(error as Error);
    }
    this.#isResyncing = false;
    this.#settle();
  }
}
