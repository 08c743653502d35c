import { BulkheadClient, type AcceptedRun, type ThreadConnection, type ThreadEvent } from '@bulkhead/client';
import { newCredentials, openThread } from './account.ts';
import { answerIn, ofType, oneTo, seqsOf, typesOf, untilRunsEnd } from './run-events.ts';
import { probe } from './http-probe.ts';
import { Server } from './server.ts';
import { SocketProbe } from './socket-probe.ts';

const QUESTION = 'What is 37 * 43, and remember it as a note?';

describe('the golden path', () => {
  const credentials = newCredentials();
  let server: Server;
  let client: BulkheadClient;
  let thread: ThreadConnection;
  let run: AcceptedRun;
  let events: ThreadEvent[] = [];

  beforeAll(async () => {
    server = await Server.start();
  }, 60_000);

  afterAll(() => server?.dispose(), 60_000);

  it('signs up', async () => {
    const { user } = await BulkheadClient.signUp(server.url, credentials);
    expect(user).toMatchObject({ email: credentials.email, roles: ['user'] });
  });

  it('signs in', async () => {
    client = await BulkheadClient.signIn(server.url, credentials);
    expect(await client.me()).toMatchObject(client.user);
  });

  it('lists the agents', async () => {
    expect(await client.agents()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'assistant',
          tools: expect.arrayContaining(['calculator', 'notes_add', 'notes_list']) as string[],
        }),
        expect.objectContaining({ name: 'mathematician', tools: ['calculator'] }),
      ]),
    );
  });

  it('connects', async () => {
    thread = await openThread(server, { client });
    expect(thread.status).toBe('connected');
  });

  it('opens a thread', async () => {
    expect(await client.thread(thread.threadId)).toMatchObject({ threadId: thread.threadId, lastSeq: 0 });
  });

  it('accepts a message', async () => {
    run = await thread.send(QUESTION);
    expect(run).toMatchObject({ threadId: thread.threadId, seq: 1 });
  });

  it('delivers the run from its beginning to its end', async () => {
    events = await untilRunsEnd(thread.events());
    expect(typesOf(events.slice(0, 2))).toEqual(['run_queued', 'agent_started']);
    expect(typesOf(events.slice(-1))).toEqual(['agent_completed']);
  });

  it('numbers the events without a gap, and binds each to its run', () => {
    expect(seqsOf(events)).toEqual(oneTo(events.length));
    expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([run.runId]));
  });

  it('announces the agent', () => {
    expect(ofType(events, 'agent_started')).toEqual([
      expect.objectContaining({ agentName: 'assistant', operationDepth: 0, threadId: thread.threadId }),
    ]);
  });

  it('announces each step of thinking', () => {
    expect(ofType(events, 'agent_thinking').map(({ data }) => data)).toEqual(
      [1, 2, 3].map((step) => ({ step, attempt: 1 })),
    );
  });

  it('announces each tool before it is executed', () => {
    expect(ofType(events, 'tool_executing').map(({ data }) => data)).toEqual([
      expect.objectContaining({ toolName: 'calculator', arguments: { expression: '37 * 43' } }),
      expect.objectContaining({ toolName: 'notes_add', arguments: { text: '37 * 43 = 1591' } }),
    ]);
  });

  it('tells what each tool answered, right after the call it belongs to', () => {
    expect(ofType(events, 'tool_completed').map(({ data }) => data)).toEqual([
      expect.objectContaining({ toolName: 'calculator', outcome: 'succeeded', result: { result: '1591' } }),
      expect.objectContaining({ toolName: 'notes_add', outcome: 'succeeded' }),
    ]);
    const calls = events.flatMap((event) =>
      event.type === 'tool_executing' || event.type === 'tool_completed' ? [event.data.toolCallId] : [],
    );
    expect(calls).toEqual([calls[0], calls[0], calls[2], calls[2]]);
  });

  it('streams the answer', () => {
    const deltas = ofType(events, 'message_delta').map(({ data }) => data.text);
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe(answerIn(events));
  });

  it('completes with the answer', () => {
    expect(answerIn(events)).toContain('37 * 43 = 1591');
    expect(ofType(events, 'agent_completed')[0]?.data).toMatchObject({ steps: 3, toolCalls: 2 });
  });

  it('stores both messages', async () => {
    expect(await client.messages(thread.threadId)).toEqual([
      expect.objectContaining({ role: 'user', content: QUESTION, seq: 1, messageId: run.messageId }),
      expect.objectContaining({ role: 'assistant', content: answerIn(events), seq: events.length }),
    ]);
  });

  it('stores the run', async () => {
    expect(await client.run(run.runId)).toMatchObject({ state: 'completed', steps: 3, toolCalls: 2 });
    expect((await client.runs()).items.map(({ runId }) => runId)).toEqual([run.runId]);
  });

  it('stores the events as they were delivered', async () => {
    expect(await client.events(thread.threadId)).toEqual(events);
    expect(await client.runEvents(run.runId)).toEqual(events);
  });

  it('tells a stream that comes back after the end to stay away', async () => {
    const path = `/v1/runs/${run.runId}/events`;
    const headers = { accept: 'text/event-stream', 'last-event-id': String(events.length) };
    expect(await probe(server.url, { path, headers, token: await client.accessToken() })).toMatchObject({
      status: 204,
      text: '',
    });
  });

  it('keeps what the client acknowledged', async () => {
    await thread.close();
    const socket = await SocketProbe.connect(server, { token: await client.accessToken() });
    const ack = { threadId: thread.threadId, seq: 1 };
    expect(await socket.answerOf('event_ack', ack)).toEqual({
      threadId: thread.threadId,
      ackedSeq: events.length,
    });
  });

  it('replays the thread to whoever comes back, and goes on live', async () => {
    thread = await openThread(server, { client }, { threadId: thread.threadId, afterSeq: 0 });
    expect(await untilRunsEnd(thread.events())).toEqual(events);
  });

  it('reads the note back in a second question', async () => {
    await thread.send('What did you note?');
    const second = await untilRunsEnd(thread.events());
    expect(ofType(second, 'tool_executing').map(({ data }) => data.toolName)).toEqual(['notes_list']);
    expect(answerIn(second)).toContain('37 * 43 = 1591');
    expect(second[0]?.seq).toBe(events.length + 1);
  });

  it('cancels a run that has just been accepted', async () => {
    const { runId } = await thread.send('/sleep 600000');
    await thread.cancel(runId);
    expect((await untilRunsEnd(thread.events())).at(-1)).toMatchObject({ type: 'agent_cancelled', runId });
    expect(await client.run(runId)).toMatchObject({ state: 'cancelled' });
  });

  it('cancels a run that is at work, once and for all', async () => {
    const { runId } = await thread.send('/sleep 600000');
    for await (const { type } of thread.events()) if (type === 'agent_thinking') break;
    await client.cancelRun(runId);
    expect((await untilRunsEnd(thread.events())).at(-1)).toMatchObject({ type: 'agent_cancelled', runId });
    expect(await client.cancelRun(runId)).toBe('cancelled');
  });

  it('says why a run failed', async () => {
    const { runId } = await thread.send('/fail');
    const failed = await untilRunsEnd(thread.events());
    expect(ofType(failed, 'agent_failed')[0]).toMatchObject({ runId, data: { state: 'failed' } });
    expect(await client.run(runId)).toMatchObject({
      state: 'failed',
      error: { status: expect.any(Number) as number },
    });
  });

  it('signs out, for good', async () => {
    await client.signOut();
    await expect(client.me()).rejects.toMatchObject({ status: 401 });
  });
});
