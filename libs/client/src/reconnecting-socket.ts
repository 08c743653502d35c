import type { ThreadEvent } from '@bulkhead/events';
import { io, type Socket } from 'socket.io-client';
import { ConnectionError } from './connection.error.ts';
import { ProblemError, toProblem } from './problem.error.ts';
import type { Session } from './session.ts';
import type { Acknowledgement, SocketCalls } from './socket-protocol.ts';

const CALL_TIMEOUT_MS = 10_000;
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/** What the owner of a socket wants to know. */
export interface SocketObserver {
  /** Connected, for the first time or again; what was open on the last connection is not open on this one. */
  connected(): void;
  received(event: ThreadEvent): void;
  /** The connection is gone, or could not be made; it is being tried again. */
  interrupted(error: Error): void;
  /** Trying again can't help. */
  refused(error: Error): void;
}

/** A Socket.IO connection that comes back by itself, each time with a token that is good then. */
export class ReconnectingSocket {
  readonly #socket: Socket;
  #token = '';
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hasRenewedToken = false;
  #isClosed = false;

  constructor(
    private readonly session: Session,
    private readonly observer: SocketObserver,
  ) {
    const { origin, pathname } = new URL(session.baseUrl);
    this.#socket = io(origin, {
      path: `${pathname.replace(/\/$/, '')}/socket.io`,
      transports: ['websocket'],
      forceNew: true,
      autoConnect: false,
      reconnectionDelay: MIN_RETRY_MS,
      reconnectionDelayMax: MAX_RETRY_MS,
      auth: (send) => void this.#authenticate(send),
    });
    this.#socket.on('connect', () => observer.connected());
    this.#socket.on('connect_error', (error) => this.#onConnectError(error));
    this.#socket.on('disconnect', (reason, details) => this.#onDisconnect(reason, details));
    this.#socket.onAny((_name, payload) => {
      // Types that this version does not know count too: they have their place in the sequence.
      if (isEvent(payload)) observer.received(payload);
    });
  }

  connect(): void {
    this.#socket.connect();
  }

  /** Tells that the connection does what it is for: the next trouble is a new one. */
  confirm(): void {
    this.#attempts = 0;
    this.#hasRenewedToken = false;
  }

  /** Connects anew after an error, or gives up when that can't help. */
  recover(error: Error): void {
    this.#socket.disconnect();
    if (error instanceof ProblemError) {
      const { status, problem } = error;
      if (status === 401 && !this.#hasRenewedToken) return this.#renewToken();
      if (status < 500 && status !== 429) return this.observer.refused(error);
      this.#connectAfter((problem.retryAfterSeconds ?? 0) * 1000 || this.#backoff());
    } else this.#connectAfter(this.#backoff());
    this.observer.interrupted(error);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#socket.disconnect();
  }

  /** @throws ProblemError when the server refuses, ConnectionError when nobody knows whether it did it */
  async call<Name extends keyof SocketCalls>(
    name: Name,
    request: SocketCalls[Name]['request'],
  ): Promise<SocketCalls[Name]['answer']> {
    if (!this.#socket.connected) throw new ConnectionError('There is no connection to the server.');
    const answer = await this.#ask<Acknowledgement<SocketCalls[Name]['answer']>>(name, request);
    if (answer.ok) return answer.data;
    throw new ProblemError(toProblem(answer.problem, 500));
  }

  async #ask<Answer>(name: string, request: object): Promise<Answer> {
    try {
      return (await this.#socket.timeout(CALL_TIMEOUT_MS).emitWithAck(name, request)) as Answer;
    } catch (cause) {
      throw new ConnectionError('The connection broke before the server answered.', { cause });
    }
  }

  async #authenticate(send: (auth: object) => void): Promise<void> {
    try {
      this.#token = await this.session.accessToken();
      send({ token: this.#token });
    } catch (error) {
      this.recover(error as Error);
    }
  }

  #onConnectError(error: Error & { readonly data?: unknown }): void {
    // Still active: the network failed, and Socket.IO tries again by itself.
    if (this.#socket.active) {
      return this.observer.interrupted(
        new ConnectionError(`No server answers at ${this.session.baseUrl}.`, { cause: error }),
      );
    }
    this.recover(new ProblemError(toProblem(error.data, 502)));
  }

  #onDisconnect(reason: string, cause: unknown): void {
    if (reason === 'io client disconnect') return;
    this.observer.interrupted(new ConnectionError(`The connection is lost: ${reason}.`, { cause }));
    if (!this.#socket.active) this.#connectAfter(this.#backoff());
  }

  /** The server's word counts more than the token's expiry: clocks differ, and sessions end early. */
  #renewToken(): void {
    this.#hasRenewedToken = true;
    this.session.refuse(this.#token);
    this.#connectAfter(0);
  }

  #connectAfter(milliseconds: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#socket.connect(), milliseconds);
  }

  /** Doubles with each attempt, less a random part: clients of a restarted server must not come all at once. */
  #backoff(): number {
    const limit = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#attempts++);
    return limit * (0.5 + Math.random() / 2);
  }
}

function isEvent(payload: unknown): payload is ThreadEvent {
  return (
    typeof payload === 'object' && payload !== null && 'seq' in payload && typeof payload.seq === 'number'
  );
}
