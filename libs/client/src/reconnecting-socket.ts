import type { ControlEvents, ClosingReason, ResyncRequired, ThreadEvent } from '@bulkhead/events';
import { io, type Socket } from 'socket.io-client';
import { orAbort, type CallOptions } from './abortable.ts';
import { Backoff } from './backoff.ts';
import { ConnectionError, noAnswerFrom } from './connection.error.ts';
import type { Credential } from './credential.ts';
import { ProblemError, toProblem } from './problem.error.ts';
import type { Acknowledgement, SocketCalls } from './socket-protocol.ts';

/** The server promises one within a second: who waits this long, in milliseconds, talks to nobody. */
const CALL_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/** What who uses a connection wants to know. */
export interface SocketObserver {
  /** The thread that it follows; empty while it is not known. */
  readonly threadId: string;
  /** Connected, for the first time or again; what was subscribed on the last connection is not on this one. */
  connected(): void;
  received(event: ThreadEvent): void;
  resyncRequired(resync: ResyncRequired): void;
  /** The connection is gone, or could not be made; it is being tried again. */
  interrupted(error: Error): void;
  /** Trying again can't help. */
  refused(error: Error): void;
}

/**
 * One Socket.IO connection for all who need it. Exists while somebody does, and comes back by itself, each time
 * with a token that is good then.
 */
export class ReconnectingSocket {
  readonly #socket: Socket;
  readonly #observers = new Set<SocketObserver>();
  readonly #backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  #retry: ReturnType<typeof setTimeout> | undefined;
  #token = '';
  #isConnecting = false;
  #hasRenewedToken = false;
  #closeReason: ClosingReason | undefined;

  constructor(
    private readonly baseUrl: string,
    private readonly credential: Credential,
  ) {
    const { origin, pathname } = new URL(baseUrl);
    this.#socket = io(origin, {
      path: `${pathname.replace(/\/$/, '')}/socket.io`,
      // Polling works where something on the way blocks WebSocket. It needs several requests to reach one node, so it
      // comes second.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      forceNew: true,
      autoConnect: false,
      // Its own way of coming back can't renew a token, and is not random enough.
      reconnection: false,
      timeout: CALL_TIMEOUT_MS,
      auth: (send) => void this.#authenticate(send),
    });
    this.#socket.on('connect', () => this.#onConnect());
    this.#socket.on('connect_error', (error) => this.#onConnectError(error));
    this.#socket.on('disconnect', (reason, cause) => this.#onDisconnect(reason, cause));
    this.#socket.on('connection_closing', ({ reason }: ControlEvents['connection_closing']) =>
      this.#onClosing(reason),
    );
    this.#socket.on('resync_required', (resync: ResyncRequired) =>
      this.#tell((observer) => observer.resyncRequired(resync)),
    );
    this.#socket.onAny((_name, payload) => {
      // Types that this version does not know count too: they have their place in the sequence.
      if (isEvent(payload)) this.#tell((observer) => observer.received(payload));
    });
  }

  join(observer: SocketObserver): void {
    this.#observers.add(observer);
    if (this.#socket.connected) observer.connected();
    else if (!this.#isConnecting) this.#connectAfter(0);
  }

  leave(observer: SocketObserver): void {
    this.#observers.delete(observer);
    if (this.#observers.size > 0) return;
    clearTimeout(this.#retry);
    this.#disconnect();
    this.confirm();
  }

  /** Asks for no more of an observer's thread, unless another one follows it over this connection. */
  async stopFollowing(observer: SocketObserver): Promise<void> {
    const { threadId } = observer;
    const isFollowed = [...this.#observers].some((each) => each !== observer && each.threadId === threadId);
    if (!isFollowed) await this.call('thread_unsubscribe', { threadId });
  }

  /** Tells that the connection does what it is for: the next trouble is a new one. */
  confirm(): void {
    this.#backoff.reset();
    this.#hasRenewedToken = false;
  }

  /** Connects anew after an error, or gives up when that can't help. */
  recover(error: Error): void {
    this.#disconnect();
    if (error instanceof ProblemError) {
      const { status, problem } = error;
      if (status === 401 && !this.#hasRenewedToken) return this.#renewToken();
      if (status < 500 && status !== 429) return this.#tell((observer) => observer.refused(error));
      this.#connectAfter((problem.retryAfterSeconds ?? 0) * 1000 || this.#backoff.next());
    } else this.#connectAfter(this.#backoff.next());
    this.#tell((observer) => observer.interrupted(error));
  }

  /** @throws ProblemError when the server refuses, ConnectionError when nobody knows whether it did it */
  async call<Name extends keyof SocketCalls>(
    name: Name,
    request: SocketCalls[Name]['request'],
    { signal }: CallOptions = {},
  ): Promise<SocketCalls[Name]['answer']> {
    signal?.throwIfAborted();
    if (!this.#socket.connected) throw new ConnectionError('There is no connection to the server.');
    const asked = this.#ask<Acknowledgement<SocketCalls[Name]['answer']>>(name, request);
    const answer = await orAbort(asked, signal);
    if (answer.ok) return answer.data;
    const { requestId, problem } = answer;
    throw new ProblemError({ ...toProblem(problem, 500), requestId });
  }

  async #ask<Answer>(name: string, request: object): Promise<Answer> {
    const { id } = this.#socket;
    try {
      return (await this.#socket.timeout(CALL_TIMEOUT_MS).emitWithAck(name, request)) as Answer;
    } catch (cause) {
      const error = new ConnectionError('The connection broke before the server answered.', { cause });
      // Still the same one, and silent: the other end is gone without a word.
      if (this.#socket.connected && this.#socket.id === id) this.recover(error);
      throw error;
    }
  }

  async #authenticate(send: (auth: object) => void): Promise<void> {
    try {
      this.#token = await this.credential.token();
      send({ token: this.#token });
    } catch (error) {
      this.recover(error as Error);
    }
  }

  #onConnect(): void {
    this.#isConnecting = false;
    this.#tell((observer) => observer.connected());
  }

  #onConnectError(error: Error & { readonly data?: unknown }): void {
    // Still active: the network failed. Otherwise it is the server's word.
    if (this.#socket.active) this.#beginWithOtherTransport();
    const cause = this.#socket.active
      ? new ConnectionError(noAnswerFrom(this.baseUrl), { cause: error })
      : new ProblemError(toProblem(error.data, 502));
    this.recover(cause);
  }

  #onClosing(reason: ClosingReason): void {
    this.#closeReason = reason;
    // The server's word counts more than the token's expiry: clocks differ, and sessions end early.
    if (reason === 'token_expired' || reason === 'unauthenticated' || reason === 'revoked') {
      this.credential.refuse(this.#token);
    }
  }

  #onDisconnect(how: string, cause: unknown): void {
    if (how === 'io client disconnect') return;
    const reason = this.#closeReason;
    this.#closeReason = undefined;
    // It broke while it was being made.
    if (this.#isConnecting) this.#beginWithOtherTransport();
    this.recover(
      new ConnectionError(`The connection is lost: ${reason ?? how}.`, { cause, ...(reason && { reason }) }),
    );
  }

  /** An upgrade that is swallowed, or polls that go to several nodes, fail in the middle: no other is tried then. */
  #beginWithOtherTransport(): void {
    const { opts } = this.#socket.io;
    opts.transports = [...(opts.transports ?? [])].reverse() as typeof opts.transports & object;
  }

  #renewToken(): void {
    this.#hasRenewedToken = true;
    this.credential.refuse(this.#token);
    this.#connectAfter(0);
  }

  #connectAfter(milliseconds: number): void {
    clearTimeout(this.#retry);
    if (this.#observers.size === 0) return;
    this.#retry = setTimeout(() => this.#connect(), milliseconds);
  }

  #connect(): void {
    this.#isConnecting = true;
    this.#socket.connect();
  }

  #disconnect(): void {
    this.#isConnecting = false;
    this.#socket.disconnect();
  }

  #tell(what: (observer: SocketObserver) => void): void {
    for (const observer of [...this.#observers]) what(observer);
  }
}

function isEvent(payload: unknown): payload is ThreadEvent {
  return (
    typeof payload === 'object' && payload !== null && 'seq' in payload && typeof payload.seq === 'number'
  );
}
