import { ConnectionError } from './connection.error.ts';
import { event, problem, Script } from './testing/script.ts';
import { ThreadConnection, type OpenThreadOptions } from './thread-connection.ts';

describe('ThreadConnection', () => {
  let script: Script;
  let connection: ThreadConnection | undefined;

  const open = async (options: OpenThreadOptions = {}): Promise<ThreadConnection> => {
    connection = await ThreadConnection.open(await script.connection(), options);
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

  it('comes back with a fresh token when the server says that the last one expired', async () => {
    const opened = await open();
    const reconnecting = new Promise((resolve) => {
      opened.onStatus((_status, cause) => cause && resolve(cause));
    });
    script.socket?.emit('connection_closing', { reason: 'token_expired' });
    script.socket?.disconnect(true);
    expect(await reconnecting).toMatchObject({ name: 'ConnectionError', reason: 'token_expired' });
    await untilStatus(opened, 'connected');
    expect(script.tokens).toEqual(['access-0', 'access-1']);
  });

  it('ends with what the refresh is refused for, when the session has ended', async () => {
    const opened = await open();
    script.refuseRefresh = true;
    script.socket?.emit('connection_closing', { reason: 'revoked' });
    script.socket?.disconnect(true);
    await expect(take(opened, 1)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('gives up when the renewed token is refused too', async () => {
    script.admit = () => problem(401, 'unauthenticated');
    await expect(open()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(script.tokens).toEqual(['access-0', 'access-1']);
  });

  it('passes on why a thread can not be opened, and the id under which the log has it', async () => {
    const requestId = '5b6ee3a3-74be-4c54-9fd2-7f3b7de0d6d2';
    script.openThread = () => ({ ok: false, requestId, problem: problem(404, 'not_found') });
    await expect(open({ threadId: 'foreign' })).rejects.toMatchObject({
      ...{ code: 'not_found', status: 404 },
      problem: { requestId },
    });
  });

  it('says so when there is no server', async () => {
    const socket = await script.connection();
    await script.close();
    await expect(ThreadConnection.open(socket, {})).rejects.toThrow(ConnectionError);
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

  it('shares one connection among all threads, and ends it with the last', async () => {
    const socket = await script.connection();
    const [one, other] = [await ThreadConnection.open(socket, {}), await ThreadConnection.open(socket, {})];
    await one.close();
    expect(script.connections).toBe(1);
    expect(await other.send('hello')).toMatchObject({ content: 'hello' });
    await other.close();
    connection = await ThreadConnection.open(socket, {});
    expect(script.connections).toBe(2);
  });

  it('asks the server to stop while too much waits, and to go on once half is taken', async () => {
    const opened = await open({ threadId: 'thread', afterSeq: 0, bufferSize: 4 });
    script.openThread = (socket, { afterSeq = 0 }) => {
      for (let seq = afterSeq + 1; seq <= 6; seq++) socket.emit('message_delta', event(seq));
      return script.thread(6);
    };
    script.deliver(1, 2, 3, 4, 5);
    expect(await take(opened, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(script.left).toEqual([{ threadId: 'thread' }]);
    expect(script.opened.at(-1)).toEqual({ threadId: 'thread', afterSeq: 4 });
  });

  describe('where the server can not continue', () => {
    const resync = { threadId: 'thread', reason: 'pruned_cursor', oldestSeq: 8, latestSeq: 9 } as const;

    it.each([
      ['oldest', [1, 8, 9]],
      ['latest', [1, 10]],
    ] as const)(
      'goes on from the %s event when the caller says so, after what came before',
      async (choice, expected) => {
        const asked: unknown[] = [];
        const opened = await open({
          onResync: (about) => {
            asked.push(about);
            return choice;
          },
        });
        script.deliver(1);
        script.openThread = (socket, { afterSeq = 0 }) => {
          for (let seq = afterSeq + 1; seq <= 10; seq++) socket.emit('message_delta', event(seq));
          return script.thread(9);
        };
        script.socket?.emit('resync_required', resync);
        expect(await take(opened, expected.length)).toEqual(expected);
        expect(asked).toEqual([resync]);
      },
    );

    it('asks the caller too when a subscription is refused for it', async () => {
      script.openThread = (_socket, { afterSeq }) =>
        afterSeq === 99
          ? { ok: false, problem: { ...problem(400, 'resync_required'), ...resync } }
          : script.thread(9);
      const opened = await open({ threadId: 'thread', afterSeq: 99, onResync: () => 'latest' });
      const next = take(opened, 1);
      while (script.opened.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      script.deliver(10);
      expect(await next).toEqual([10]);
    });

    it('ends with it when nobody is asked', async () => {
      const opened = await open();
      script.deliver(1);
      script.socket?.emit('resync_required', resync);
      await expect(take(opened, 2)).rejects.toMatchObject({ code: 'resync_required', problem: resync });
    });
  });

  describe('aborted', () => {
    const reason = new Error('changed my mind');

    it('does not open', async () => {
      script.openThread = () => ({});
      const abort = new AbortController();
      const opening = open({ signal: abort.signal });
      abort.abort(reason);
      await expect(opening).rejects.toBe(reason);
    });

    it('does not begin', async () => {
      await expect(open({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(script.connections).toBe(0);
    });

    it('waits no more for a connection to send on', async () => {
      const opened = await open();
      const reconnecting = untilStatus(opened, 'reconnecting');
      script.admit = () => problem(503, 'unavailable');
      script.breakConnection();
      await reconnecting;
      const abort = new AbortController();
      const waiting = [
        opened.send('hello', { signal: abort.signal }),
        opened.cancel('run', { signal: abort.signal }),
      ];
      abort.abort(reason);
      for (const one of waiting) await expect(one).rejects.toBe(reason);
    });

    it('waits no more for an answer', async () => {
      const opened = await open();
      const abort = new AbortController();
      // The script does not know this event, so nobody answers it.
      const cancelling = opened.cancel('run', { signal: abort.signal });
      abort.abort(reason);
      await expect(cancelling).rejects.toBe(reason);
    });

    it('ends the loop, and loses no event by it', async () => {
      const opened = await open();
      const abort = new AbortController();
      const loop = (async () => {
        for await (const { seq } of opened.events({ signal: abort.signal })) return seq;
        return 'ended';
      })();
      abort.abort(reason);
      expect(await loop).toBe('ended');
      script.deliver(1);
      expect(await take(opened, 1)).toEqual([1]);
    });
  });
});
