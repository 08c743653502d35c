import { setTimeout as delay } from 'node:timers/promises';
import { BulkheadClient, type ThreadConnection } from '@bulkhead/client';
import { newCredentials, openThread, signUp, type Account } from './account.ts';
import { oneTo, seqsOf, typesOf, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';

const reason = new Error('changed my mind');

describe('a client', () => {
  let server: Server;
  let ada: Account;

  beforeAll(async () => {
    server = await Server.start();
    ada = await signUp(server);
  }, 60_000);

  afterAll(() => server?.dispose(), 60_000);

  const untilStatus = (thread: ThreadConnection, wanted: string): Promise<Error | undefined> =>
    new Promise((resolve) => {
      const stop = thread.onStatus((status, cause) => {
        if (status !== wanted) return;
        stop();
        resolve(cause);
      });
    });

  it('resumes all its threads after a kill -9 in mid-stream, with no gap and nothing twice', async () => {
    const threads = await Promise.all([1, 2, 3].map(() => openThread(server, ada)));
    const following = threads.map((thread) => untilRunsEnd(thread.events(), 2));
    await Promise.all(threads.map((thread) => thread.send('/say 200')));
    for (const thread of threads) while (thread.lastSeq < 4) await delay(5);
    const lost = threads.map((thread) => untilStatus(thread, 'reconnecting'));
    await server.kill();
    await Promise.all(lost);
    const back = threads.map((thread) => untilStatus(thread, 'connected'));
    await server.startAgain();
    await Promise.all(back);
    await Promise.all(threads.map((thread) => thread.send('hello again')));
    for (const [index, events] of (await Promise.all(following)).entries()) {
      expect(seqsOf(events)).toEqual(oneTo(events.length));
      expect(await ada.client.events(threads[index]?.threadId ?? '')).toEqual(events.slice(0, 200));
    }
  }, 60_000);

  it('goes on where a slow consumer stopped it, with no gap and nothing twice', async () => {
    const thread = await openThread(server, ada, { bufferSize: 5 });
    await thread.send('/say 100');
    const seqs: number[] = [];
    for await (const event of thread.events()) {
      seqs.push(event.seq);
      expect(thread.lastSeq - event.seq).toBeLessThanOrEqual(5);
      await delay(1);
      if (event.type === 'agent_completed') break;
    }
    expect(seqs).toEqual(oneTo(seqs.length));
  }, 60_000);

  it('follows a thread on while it closes another look at the same one', async () => {
    const thread = await openThread(server, ada);
    const other = await ada.client.openThread({ threadId: thread.threadId, afterSeq: 0 });
    await other.close();
    const { runId } = await thread.send('/say 3');
    for await (const { type, runId: of } of thread.events()) {
      if (of === runId && type === 'agent_completed') break;
    }
    expect((await ada.client.run(runId)).state).toBe('completed');
    await thread.close();
  });

  it('acknowledges what its loop has dealt with', async () => {
    const thread = await openThread(server, ada);
    await thread.send('What is 6 * 7?');
    const last = (await untilRunsEnd(thread.events())).at(-1)?.seq;
    await thread.close();
    expect(await ada.client.delivery(thread.threadId)).toMatchObject({ ackedSeq: last, lagEvents: 0 });
  });

  it('keeps tables, and reads what is written down about its user', async () => {
    const table = await ada.client.uploadTable({
      name: 'cities',
      csv: 'name;people\nUlm;126000\n',
      delimiter: 'semicolon',
    });
    expect(table).toMatchObject({ name: 'cities', rowCount: 1 });
    expect(await ada.client.table(table.tableId)).toEqual(table);
    expect(await ada.client.tables()).toEqual([table]);
    await ada.client.deleteTable(table.tableId);
    expect(await ada.client.tables()).toEqual([]);
    const [first] = await ada.client.audit({ limit: 1 });
    expect(first).toMatchObject({ seq: 1, userId: ada.client.user.userId });
  });

  it('keeps its threads and its session over a restart, and tells each refresh token', async () => {
    const tokens: string[] = [];
    const client = await BulkheadClient.signIn(server.url, ada.credentials, {
      onRefreshToken: (token) => tokens.push(token),
    });
    const thread = await openThread(server, { client });
    const following = untilRunsEnd(thread.events(), 2);
    await thread.send('What is 6 * 7?');
    await server.restart();
    await thread.send('What is 7 * 8?');
    expect(seqsOf(await following)).toEqual(oneTo((await client.events(thread.threadId)).length));
    const resumed = await BulkheadClient.resume(server.url, tokens.at(-1) ?? '');
    expect(await resumed.me()).toMatchObject({ email: ada.credentials.email });
  }, 60_000);

  it('is told that its session has ended, wherever it is', async () => {
    const client = await BulkheadClient.signIn(server.url, ada.credentials);
    const thread = await openThread(server, { client });
    const elsewhere = await BulkheadClient.resume(server.url, client.refreshToken);
    await elsewhere.signOut();
    await expect(client.me()).rejects.toMatchObject({ status: 401 });
    await expect(untilRunsEnd(thread.events())).rejects.toMatchObject({ status: 401 });
    await expect(client.openThread()).rejects.toMatchObject({ status: 401 });
  });

  it('begins where the caller says when its cursor is of no use', async () => {
    const { threadId } = await ada.client.createThread();
    const { seq } = await ada.client.sendMessage(threadId, { content: 'hello' });
    for await (const { type } of ada.client.followThread(threadId)) if (type === 'agent_completed') break;
    const asked: string[] = [];
    const thread = await openThread(server, ada, {
      threadId,
      afterSeq: 1_000_000,
      onResync: ({ reason: why }) => {
        asked.push(why);
        return 'oldest';
      },
    });
    expect(typesOf(await untilRunsEnd(thread.events()))[0]).toBe('run_queued');
    expect([seq, asked]).toEqual([1, ['future_cursor']]);
  });

  describe('aborted', () => {
    const aborted = { signal: AbortSignal.abort(reason) };

    it.each<[string, (client: BulkheadClient) => Promise<unknown>]>([
      ['me', (client) => client.me(aborted)],
      ['agents', (client) => client.agents(aborted)],
      ['createThread', (client) => client.createThread({}, aborted)],
      ['threads', (client) => client.threads(aborted)],
      ['thread', (client) => client.thread('t', aborted)],
      ['sendMessage', (client) => client.sendMessage('t', { content: 'x' }, aborted)],
      ['messages', (client) => client.messages('t', aborted)],
      ['events', (client) => client.events('t', aborted)],
      ['runs', (client) => client.runs(aborted)],
      ['run', (client) => client.run('r', aborted)],
      ['cancelRun', (client) => client.cancelRun('r', aborted)],
      ['runEvents', (client) => client.runEvents('r', aborted)],
      ['delivery', (client) => client.delivery('t', aborted)],
      ['deliveries', (client) => client.deliveries(aborted)],
      ['toolResult', (client) => client.toolResult('r', aborted)],
      ['uploadTable', (client) => client.uploadTable({ name: 't', csv: '' }, aborted)],
      ['tables', (client) => client.tables(aborted)],
      ['table', (client) => client.table('t', aborted)],
      ['deleteTable', (client) => client.deleteTable('t', aborted)],
      ['audit', (client) => client.audit(aborted)],
      ['followThread', (client) => client.followThread('t', aborted).next()],
      ['followRun', (client) => client.followRun('r', aborted).next()],
      ['openThread', (client) => client.openThread(aborted)],
      ['accessToken', (client) => client.accessToken(aborted)],
      ['signOut', (client) => client.signOut(aborted)],
      ['signUp', () => BulkheadClient.signUp(server.url, newCredentials(), aborted)],
      ['signIn', () => BulkheadClient.signIn(server.url, ada.credentials, aborted)],
      ['resume', () => BulkheadClient.resume(server.url, 'token', aborted)],
    ])('%s rejects with the reason', async (_name, call) => {
      await expect(call(ada.client)).rejects.toBe(reason);
    });

    it('at any moment, gives an answer or the reason, and harms nothing that follows', async () => {
      const thread = await openThread(server, ada);
      for (let turn = 0; turn < 8; turn++) {
        const abort = new AbortController();
        const { signal } = abort;
        const calls = [
          ada.client.openThread({ threadId: thread.threadId, afterSeq: 0, signal }),
          thread.send('hello', { signal }),
          ada.client.me({ signal }),
          ada.client.followThread(thread.threadId, { signal }).next(),
        ];
        await delay(turn * 3);
        abort.abort(reason);
        for (const outcome of await Promise.allSettled(calls)) {
          if (outcome.status === 'rejected') expect(outcome.reason).toBe(reason);
          else if (outcome.value && 'close' in outcome.value) await outcome.value.close();
        }
      }
      const { runId } = await thread.send('What is 6 * 7?');
      for await (const event of thread.events()) {
        if (event.runId === runId && event.type === 'agent_completed') break;
      }
      expect((await ada.client.run(runId)).state).toBe('completed');
    }, 60_000);
  });
});
