import { setTimeout as delay } from 'node:timers/promises';
import { openThread, signUp } from './account.ts';
import { Cluster } from './evidence/cluster.ts';
import { Server } from './server.ts';
import { TraceReceiver } from './trace-receiver.ts';

let cluster: Cluster;
let worker: Server;
let frozen: Server | undefined;
let receiver: TraceReceiver;
beforeAll(async () => {
  receiver = await TraceReceiver.start();
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  cluster = await Cluster.start(1, { ROLE: 'gateway', ...traced });
  worker = await Server.start({ ROLE: 'worker', DATABASE_URL: cluster.databaseUrl, ...traced });
}, 120_000);
afterAll(async () => {
  await frozen?.dispose();
  await worker.dispose();
  await cluster.dispose();
  receiver.dispose();
});

/** Sends a message over the gateway. @returns the run's own state, once it has ended */
async function ask(beforeTheEnd: () => Promise<void> = () => Promise.resolve()): Promise<string> {
  const gateway = cluster.node(0);
  const ada = await signUp(gateway);
  const thread = await openThread(gateway, ada);
  const { runId } = await thread.send('What is 37 * 43?');
  await beforeTheEnd();
  for (;;) {
    const { state, finishedAt } = await ada.client.run(runId);
    if (finishedAt) return state;
    await delay(50);
  }
}

describe('nodes with a role', () => {
  it('share the work: a gateway accepts, a worker executes', async () => {
    expect(await ask()).toBe('completed');
  });

  it('tell a run as one trace, from the frame that asked for it to its delivery', async () => {
    const gateway = cluster.node(0);
    const thread = await openThread(gateway, await signUp(gateway));
    const { runId } = await thread.send('What is 37 * 43?');
    const names = ['frame message_send', 'queue', 'run', 'model', 'tool', 'delivery'];
    const trace = await receiver.traceOf(runId, names);
    const [frame, queue, run, model, tool, delivery] = names.map((name) =>
      trace.find((span) => span.name === name),
    );
    expect(frame?.parentSpanId ?? '').toBe('');
    for (const next of [queue, run, delivery]) expect(next?.parentSpanId).toBe(frame?.spanId);
    for (const step of [model, tool]) expect(step?.parentSpanId).toBe(run?.spanId);
    expect(run?.node).not.toBe(frame?.node);
    expect(delivery?.node).toBe(frame?.node);
  });

  it('leave a message waiting while no worker lives, and lose nothing of it', async () => {
    await worker.stop();
    expect(await ask(() => worker.startAgain())).toBe('completed');
  });

  it('answer on a worker for its health only', async () => {
    expect((await fetch(`${worker.url}/health/ready`)).status).toBe(200);
    for (const path of ['/v1/me', '/v1/threads', '/openapi.json', '/socket.io/?EIO=4&transport=polling']) {
      expect((await fetch(worker.url + path)).status).toBe(404);
    }
  });
});

describe('a node that freezes', () => {
  it('loses its runs to another, writes nothing when it wakes, and goes on with other runs', async () => {
    frozen = await Server.start({ DATABASE_URL: cluster.databaseUrl, NODE_LEASE_SECONDS: '3' });
    await worker.stop();
    const ada = await signUp(frozen);
    const thread = await openThread(frozen, ada);
    const { runId, threadId } = await thread.send('/sleep 2000');
    while ((await ada.client.run(runId)).state !== 'running') await delay(20);
    frozen.freeze();
    await worker.startAgain({ NODE_LEASE_SECONDS: '3' });
    const events = () =>
      cluster.query<{ seq: string; type: string }>(
        'select seq, type from bulkhead.events where thread_id = $1 order by seq',
        [threadId],
      );
    while ((await events()).at(-1)?.type !== 'agent_completed') await delay(100);
    const before = await events();
    frozen.thaw();
    expect((await ada.client.run(runId)).state).toBe('completed');
    const next = await thread.send('/say 1');
    while ((await ada.client.run(next.runId)).state !== 'completed') await delay(50);
    expect((await events()).slice(0, before.length)).toEqual(before);
    const ends = await cluster.query(
      `select from bulkhead.events where run_id = $1 and type like 'agent\\_%ed' and type <> 'agent_started'`,
      [runId],
    );
    expect(ends).toHaveLength(1);
  }, 90_000);
});
