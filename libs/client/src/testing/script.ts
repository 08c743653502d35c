import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { ReconnectingSocket } from '../reconnecting-socket.ts';
import type { SignedIn } from '../resources.ts';
import { Session } from '../session.ts';

export const problem = (status: number, code: string) => ({
  type: 'urn:x',
  title: 'x',
  status,
  code,
  detail: code,
});
export const event = (seq: number, threadId = 'thread') => ({ seq, threadId, type: 'message_delta' });

/** The other end, as a script: each test says how it answers. */
export class Script {
  readonly opened: object[] = [];
  readonly left: object[] = [];
  /** How many connections there were. */
  connections = 0;
  readonly acknowledged: number[] = [];
  readonly tokens: unknown[] = [];
  refreshes = 0;
  refuseRefresh = false;
  socket: Socket | undefined;
  admit: (token: unknown) => object | undefined = () => undefined;
  openThread: (socket: Socket, request: { afterSeq?: number }) => object = () => this.thread(0);
  readonly #http = createServer((_request, response) => {
    this.refreshes++;
    if (this.refuseRefresh) {
      response.writeHead(401).end(JSON.stringify(problem(401, 'unauthenticated')));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.signedIn()));
  });
  readonly #io = new Server(this.#http);

  constructor() {
    this.#io.use(({ handshake }, next) => {
      const { token } = handshake.auth as { token?: unknown };
      this.tokens.push(token);
      const refusal = this.admit(token);
      next(refusal && Object.assign(new Error('refused'), { data: refusal }));
    });
    this.#io.on('connection', (socket) => this.#serve(socket));
  }

  thread(lastSeq: number): object {
    return { ok: true, data: { threadId: 'thread', lastSeq, created: false } };
  }

  signedIn(): SignedIn {
    const accessTokenExpiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const user = { userId: 'u', email: 'a@b.example', displayName: 'a', roles: [] };
    return { user, accessToken: `access-${this.refreshes}`, accessTokenExpiresAt, refreshToken: 'refresh' };
  }

  /** A connection to it, as a client has one for all its threads. */
  async connection(): Promise<ReconnectingSocket> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    const baseUrl = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
    return new ReconnectingSocket(baseUrl, new Session(baseUrl, this.signedIn()));
  }

  deliver(...seqs: number[]): void {
    for (const seq of seqs) this.socket?.emit('message_delta', event(seq));
  }

  /** As a network that breaks: the client comes back by itself. */
  breakConnection(): void {
    this.socket?.conn.close();
  }

  close(): Promise<void> {
    return this.#io.close();
  }

  #serve(socket: Socket): void {
    this.socket = socket;
    this.connections++;
    socket.on('thread_subscribe', (request: object, answer: (data: object) => void) => {
      this.opened.push(request);
      answer(this.openThread(socket, request));
    });
    socket.on('thread_unsubscribe', (request: object, answer: (data: object) => void) => {
      this.left.push(request);
      answer({ ok: true, data: request });
    });
    socket.on('event_ack', ({ seq }: { seq: number }, answer: (data: object) => void) => {
      this.acknowledged.push(seq);
      answer({ ok: true, data: {} });
    });
    socket.on('message_send', (request: object, answer: (data: object) => void) => {
      answer({ ok: true, data: request });
    });
  }
}
