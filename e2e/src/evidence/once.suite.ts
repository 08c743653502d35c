import { randomUUID } from 'node:crypto';
import { signUp } from '../account.ts';
import { probe, type ProbeResponse } from '../http-probe.ts';
import { SocketProbe } from '../socket-probe.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';

const REQUESTS = 100;

export const once: EvidenceSuite = {
  name: 'once',
  promise: 'A request that is sent again under its idempotency key has its effect once, on whichever node.',
  tried:
    'A hundred requests at once under one key over two nodes, and frames; runs are counted in the database.',
  async run(evidence) {
    const cluster = await Cluster.start(2);
    evidence.defer(() => cluster.dispose());
    const { client } = await signUp(cluster.node(0));
    const token = await client.accessToken();
    const { threadId } = await client.createThread();
    const runs = async (): Promise<number> =>
      (await cluster.query('select 1 from bulkhead.runs where thread_id = $1', [threadId])).length;
    const send = (node: number, key: string, content: string): Promise<ProbeResponse> =>
      probe(cluster.node(node).url, {
        method: 'POST',
        path: `/v1/threads/${threadId}/messages`,
        token,
        headers: { 'idempotency-key': key },
        body: { content },
      });

    const rounds = evidence.long ? 20 : 3;
    let [lone, answers] = [0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const [before, key] = [await runs(), randomUUID()];
      const all = await Promise.all(
        Array.from({ length: REQUESTS }, (_, index) => send(index, key, 'What is 1 + 1?')),
      );
      if ((await runs()) === before + 1) lone += 1;
      answers += new Set(all.map(({ status, text }) => `${status} ${text}`)).size;
    }
    evidence.check(
      `${REQUESTS} requests at once under one key make one run`,
      lone === rounds,
      `${lone} of ${rounds} times`,
    );
    evidence.check(
      'all of them have one answer',
      answers === rounds,
      `${answers} answers in ${rounds} rounds`,
    );

    const [before, key] = [await runs(), randomUUID()];
    await send(0, key, 'What is 2 + 2?');
    const other = await send(1, key, 'What is 3 + 3?');
    evidence.check('another request under the key is refused', other.status === 422, other.status);

    const sockets = await Promise.all(
      [0, 1].map((node) => SocketProbe.connect(cluster.node(node), { token })),
    );
    const frame = { threadId, content: 'What is 4 + 4?', idempotencyKey: randomUUID() };
    const acks = await Promise.all(
      sockets.flatMap((socket) =>
        Array.from({ length: 10 }, () => socket.answerOf<{ runId: string }>('message_send', frame)),
      ),
    );
    const runIds = new Set(acks.map(({ runId }) => runId));
    evidence.check(
      '20 frames under one key make one run',
      runIds.size === 1 && (await runs()) === before + 2,
      runIds.size,
    );
  },
};
