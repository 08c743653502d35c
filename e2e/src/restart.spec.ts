import { once } from 'node:events';
import { connect } from 'node:net';
import { BulkheadClient } from '@bulkhead/client';
import { openThread, signUp, type Account } from './account.ts';
import { processesIn } from './processes.ts';
import { answerIn, oneTo, seqsOf, typesOf, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';

describe('a server that ends and starts again', () => {
  let server: Server;
  let ada: Account;

  beforeEach(async () => {
    server = await Server.start();
    ada = await signUp(server);
  }, 60_000);

  afterEach(() => server?.dispose(), 60_000);

  /** Asks, and waits for the answer. */
  const ask = async (threadId: string, content: string): Promise<string> => {
    const { seq } = await ada.client.sendMessage(threadId, { content });
    return answerIn(await untilRunsEnd(ada.client.followThread(threadId, { after: seq - 1 })));
  };

  it('ends cleanly on SIGTERM, and leaves no process behind', async () => {
    expect(await processesIn(server.dataDir)).not.toEqual([]);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(await processesIn(server.dataDir)).toEqual([]);
  });

  it('ends cleanly on SIGTERM while a connection is open that never asked for anything', async () => {
    const connection = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(connection, 'connect');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    connection.destroy();
  });

  it('ends cleanly on SIGTERM while a run is at work, which then ends after the start', async () => {
    const { threadId } = await ada.client.createThread();
    const { runId } = await ada.client.sendMessage(threadId, { content: '/sleep 600000' });
    for await (const { type } of ada.client.followRun(runId)) if (type === 'agent_thinking') break;
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(await processesIn(server.dataDir)).toEqual([]);
    await server.startAgain();
    expect((await ada.client.run(runId)).state).toBe('running');
    await ada.client.cancelRun(runId);
    expect((await untilRunsEnd(ada.client.followRun(runId))).at(-1)).toMatchObject({
      type: 'agent_cancelled',
    });
  }, 60_000);

  it('keeps accounts, sessions, threads, messages, events and notes', async () => {
    const { threadId } = await ada.client.createThread({ title: 'kept' });
    await ask(threadId, 'Remember that the door is green.');
    const view = async (client: BulkheadClient) =>
      Promise.all([
        client.me(),
        client.threads(),
        client.messages(threadId),
        client.events(threadId),
        client.runs(),
      ]);
    const before = await view(ada.client);
    await server.restart();
    expect(await view(ada.client)).toEqual(before);
    expect(await view(await BulkheadClient.signIn(server.url, ada.credentials))).toEqual(before);
    expect(await ask(threadId, 'What did you note?')).toContain('the door is green');
  }, 60_000);

  it('lets a client that stays go on where it was, with nothing lost and nothing twice', async () => {
    const thread = await openThread(server, ada);
    await thread.send('What is 6 * 7?');
    const before = await untilRunsEnd(thread.events());
    await server.restart();
    await thread.send('What is 7 * 8?');
    const after = await untilRunsEnd(thread.events());
    expect(answerIn(after)).toContain('56');
    expect(seqsOf([...before, ...after])).toEqual(oneTo(before.length + after.length));
  }, 60_000);

  it('lets a client of another process go on from its cursor', async () => {
    const { threadId } = await ada.client.createThread();
    await ask(threadId, 'What is 6 * 7?');
    const [, second, ...rest] = await ada.client.events(threadId);
    await server.restart();
    const client = await BulkheadClient.signIn(server.url, ada.credentials);
    const thread = await openThread(server, { client }, { threadId, afterSeq: second?.seq ?? 0 });
    expect(await untilRunsEnd(thread.events())).toEqual(rest);
  }, 60_000);

  it('starts on its data after a crash', async () => {
    const { threadId } = await ada.client.createThread();
    await ask(threadId, 'Remember that the door is green.');
    const before = await ada.client.events(threadId);
    expect(await server.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    await server.startAgain();
    expect(await ada.client.events(threadId)).toEqual(before);
    expect(await ask(threadId, 'What did you note?')).toContain('the door is green');
  }, 60_000);

  it('brings a run that a crash interrupted to its end, for the client that waits', async () => {
    const thread = await openThread(server, ada);
    const { runId } = await thread.send('/sleep 2000');
    const seen = [];
    for await (const event of thread.events()) {
      seen.push(event);
      if (event.type === 'agent_thinking') break;
    }
    await server.kill();
    await server.startAgain();
    const events = [...seen, ...(await untilRunsEnd(thread.events()))];
    expect(events.at(-1)).toMatchObject({ type: 'agent_completed', runId });
    expect(seqsOf(events)).toEqual(oneTo(events.length));
    expect(typesOf(events).filter((type) => type === 'run_queued')).toHaveLength(1);
    expect(await ada.client.events(thread.threadId)).toEqual(events);
    expect(await ada.client.run(runId)).toMatchObject({ state: 'completed' });
  }, 60_000);

  it('lets another node take up the run of one that is gone for good', async () => {
    const { threadId } = await ada.client.createThread();
    const { runId } = await ada.client.sendMessage(threadId, { content: '/sleep 1000' });
    for await (const { type } of ada.client.followRun(runId)) if (type === 'agent_thinking') break;
    await server.kill();
    await server.startAgain({ NODE_ID: 'another-node' });
    const events = await untilRunsEnd(ada.client.followRun(runId));
    expect(events.at(-1)).toMatchObject({ type: 'agent_completed', runId });
    expect(seqsOf(events)).toEqual(oneTo(events.length));
    expect(typesOf(events).filter((type) => type === 'agent_started')).toHaveLength(1);
  }, 60_000);

  it('does not repeat what a tool has done when a crash comes after it', async () => {
    const { threadId } = await ada.client.createThread();
    const content = 'What is 37 * 43, and remember it as a note?';
    const { runId } = await ada.client.sendMessage(threadId, { content });
    for await (const { type } of ada.client.followRun(runId)) if (type === 'tool_completed') break;
    await server.kill();
    await server.startAgain();
    expect((await untilRunsEnd(ada.client.followRun(runId))).at(-1)).toMatchObject({
      type: 'agent_completed',
    });
    expect(await ask(threadId, 'What did you note?')).toContain('You have 1 note:');
  }, 60_000);

  it('leaves no process behind when it is stopped after a crash', async () => {
    await server.kill();
    await server.startAgain();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(await processesIn(server.dataDir)).toEqual([]);
  }, 60_000);
});
