import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { ConnectionError } from './connection.error.ts';
import type { SignedIn } from './resources.ts';
import { Session } from './session.ts';
import { ThreadConnection, type OpenThreadOptions } from './thread-connection.ts';

const problem = (status: number, code: string) => ({ type: 'urn:x', title: 'x', status, code, detail: code });
const event = (seq: number, threadId = 'thread') => ({ seq, threadId, type: 'message_delta' });

/** The other end, as a script: each test says how it answers. */
class Script {
  readonly opened: object[] = [];
  readonly acknowledged: number[] = [];
  readonly tokens: unknown[] = [];
  refreshes = 0;
  socket: Socket | undefined;
  admit: (token: unknown) => object | undefined = () => undefined;
  openThread: (socket: Socket, request: { afterSeq?: number }) => object = () => this.thread(0);
  readonly #http = createServer((_request, response) => {
    this.refreshes++;
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

  async session(): Promise<Session> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return new Session(`http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`, this.signedIn());
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
    socket.on('thread_subscribe', (request: object, answer: (data: object) => void) => {
      this.opened.push(request);
      answer(this.openThread(socket, request));
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

describe('ThreadConnection', () => {
  let script: Script;
  let connection: ThreadConnection | undefined;

  const open = async (options: OpenThreadOptions = {}): Promise<ThreadConnection> => {
    connection = await ThreadConnection.open(await script.session(), options);
    return connection;
  };

  /** The sequences of the next events. */
  const take = async (from: ThreadConnection, count: number): Promise<number[]> => {
    const taken: number[] = [];
    for await (const { seq } of from.events()) if (taken.push(seq) === count) break;
    return taken;
  };

  const untilStatus = (of: ThreadConnection, wanted: string): Promise<void> =>
    new Promise((resolve) => {
      if (of.status === wanted) return resolve();
      const stop = of.onStatus((status) => {
        if (status !== wanted) return;
        stop();
        resolve();
      });
    });

  beforeEach(() => {
    script = new Script();
    connection = undefined;
  });

  afterEach(async () => {
    await connection?.close();
    await script.close();
  });

  it('opens a new thread without naming one', async () => {
    expect(await open()).toMatchObject({ threadId: 'thread', lastSeq: 0, status: 'connected' });
    expect(script.opened).toEqual([{}]);
  });

  it('hands out each event once, in order, whatever comes twice', async () => {
    const opened = await open();
    script.deliver(1, 2, 2, 1, 3);
    expect(await take(opened, 3)).toEqual([1, 2, 3]);
  });

  it('begins after the newest event when no cursor is given', async () => {
    script.openThread = (socket) => {
      // Live events may overtake the answer.
      socket.emit('message_delta', event(8));
      return script.thread(7);
    };
    const opened = await open({ threadId: 'thread' });
    script.deliver(9);
    expect(await take(opened, 2)).toEqual([8, 9]);
  });

  it('drops the events of another thread', async () => {
    const opened = await open();
    script.socket?.emit('message_delta', event(1, 'another'));
    script.deliver(1);
    await take(opened, 1);
    expect(opened.lastSeq).toBe(1);
  });

  it('comes back after a lost connection, and continues after its last event', async () => {
    const opened = await open({ threadId: 'thread', afterSeq: 0 });
    script.deliver(1, 2);
    expect(await take(opened, 2)).toEqual([1, 2]);
    script.openThread = (socket) => {
      for (const seq of [2, 3]) socket.emit('message_delta', event(seq));
      return script.thread(3);
    };
    script.breakConnection();
    expect(await take(opened, 1)).toEqual([3]);
    expect(script.opened).toEqual([
      { threadId: 'thread', afterSeq: 0 },
      { threadId: 'thread', afterSeq: 2 },
    ]);
  });

  it('comes back after the server sent it away', async () => {
    const opened = await open();
    const reconnecting = untilStatus(opened, 'reconnecting');
    script.socket?.disconnect(true);
    await reconnecting;
    await untilStatus(opened, 'connected');
    expect(script.opened).toHaveLength(2);
  });

  it('asks again for an event that did not arrive', async () => {
    const opened = await open();
    script.openThread = (socket, { afterSeq }) => {
      expect(afterSeq).toBe(1);
      for (const seq of [2, 3]) socket.emit('message_delta', event(seq));
      return script.thread(3);
    };
    script.deliver(1, 3);
    expect(await take(opened, 3)).toEqual([1, 2, 3]);
  });

  it('sends a message when the connection is back', async () => {
    const opened = await open();
    const reconnecting = untilStatus(opened, 'reconnecting');
    script.breakConnection();
    await reconnecting;
    expect(await opened.send('hello', { agentName: 'assistant' })).toEqual({
      threadId: 'thread',
      content: 'hello',
      agentName: 'assistant',
    });
  });

  it('acknowledges what was handed out, not what arrived', async () => {
    const opened = await open();
    script.deliver(1, 2, 3);
    await take(opened, 2);
    await opened.close();
    expect(script.acknowledged).toEqual([2]);
  });

  it('acknowledges after a reconnect what it could not before', async () => {
    const opened = await open();
    script.deliver(1);
    await take(opened, 1);
    script.breakConnection();
    await untilStatus(opened, 'reconnecting');
    await untilStatus(opened, 'connected');
    await opened.close();
    expect(script.acknowledged).toEqual([1]);
  });

  it('renews a token that the handshake refuses, once', async () => {
    script.admit = (token) => (token === 'access-0' ? problem(401, 'unauthenticated') : undefined);
    await open();
    expect(script.tokens).toEqual(['access-0', 'access-1']);
  });

  it('gives up when the renewed token is refused too', async () => {
    script.admit = () => problem(401, 'unauthenticated');
    await expect(open()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(script.tokens).toEqual(['access-0', 'access-1']);
  });

  it('passes on why a thread can not be opened', async () => {
    script.openThread = () => ({ ok: false, problem: problem(404, 'not_found') });
    await expect(open({ threadId: 'foreign' })).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });

  it('says so when there is no server', async () => {
    const session = await script.session();
    await script.close();
    await expect(ThreadConnection.open(session, {})).rejects.toThrow(ConnectionError);
    script = new Script();
  });

  it('tries again while the server is not ready', async () => {
    const opened = await open();
    script.openThread = () => {
      script.openThread = () => script.thread(0);
      return { ok: false, problem: problem(503, 'unavailable') };
    };
    script.breakConnection();
    await untilStatus(opened, 'reconnecting');
    await untilStatus(opened, 'connected');
    expect(script.opened).toHaveLength(3);
  });

  it('ends the events with the reason when it can not go on', async () => {
    const opened = await open();
    script.deliver(1);
    expect(await take(opened, 1)).toEqual([1]);
    script.openThread = () => ({ ok: false, problem: problem(400, 'resync_required') });
    script.breakConnection();
    await expect(take(opened, 1)).rejects.toMatchObject({ code: 'resync_required' });
    await expect(opened.send('hello')).rejects.toMatchObject({ code: 'resync_required' });
  });

  it('ends the events when it is closed', async () => {
    const opened = await open();
    const rest = take(opened, 1);
    await opened.close();
    expect(await rest).toEqual([]);
    await expect(opened.send('hello')).rejects.toThrow('The connection was closed.');
  });
});
