import { BulkheadClient } from '@bulkhead/client';
import { probe } from '../http-probe.ts';
import { Server } from '../server.ts';
import { SimulatedIssuer } from '../simulated-issuer.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { inWaves } from './in-waves.ts';
import { median, percentile } from './percentile.ts';
import { residentBytes } from './resident-bytes.ts';

const BURST = 500;
const BYSTANDERS = 5;
const TARGET_MS = 2_000;
const QUESTION = 'What is 2 + 2?';

interface Sender {
  readonly client: BulkheadClient;
  readonly url: string;
  readonly threadId: string;
}

/** What came of messages that were sent at once. */
interface Outcome {
  readonly accepted: string[];
  readonly refused: string[];
  readonly tookMs: number[];
}

export const burst: EvidenceSuite = {
  name: 'burst',
  promise:
    'Messages that come all at once wait for their turn; none is turned away, and nobody else waits for them.',
  tried:
    'Five hundred messages at once, of one user and then of a hundred; others send one each meanwhile. Every one must be ' +
    'accepted, and its run be there.',
  async run(evidence) {
    const issuer = new SimulatedIssuer();
    const server = await Server.start({ ...issuer.settings, UNFINISHED_RUNS_PER_USER: '10000' });
    evidence.defer(() => server.dispose());
    const newSender = async (index: number): Promise<Sender> => {
      const client = await BulkheadClient.withTokens(server.url, () => issuer.tokenFor(`sender-${index}`));
      return { client, url: server.url, threadId: (await client.createThread()).threadId };
    };
    const [one, ...others] = await inWaves(101 + BYSTANDERS, 8, newSender);
    const bystanders = others.splice(0, BYSTANDERS);
    const before = await residentBytes(server);
    // The first answer that is seen here is held to the API's document, which is read for it.
    await probe(server.url, { path: '/health/live' });

    for (const [name, senders] of [
      ['one user', [one!]],
      ['a hundred users', others],
    ] as const) {
      const sending = sendAll(Array.from({ length: BURST }, (_, index) => senders[index % senders.length]!));
      const meanwhile = await sendAll(bystanders);
      const { accepted, refused, tookMs } = await sending;
      evidence.check(
        `${BURST} messages of ${name} at once are accepted`,
        new Set(accepted).size === BURST,
        `${accepted.length}, refused: ${[...new Set(refused)].join(' ') || 'none'}`,
      );
      evidence.figure(
        `accepted after, p50 / p99, ${name}`,
        `${median(tookMs)} / ${percentile(tookMs, 99)} ms`,
      );
      const runs = await Promise.all(senders.map(countRuns));
      const stored = runs.reduce((sum, count) => sum + count, 0);
      evidence.check('the run of each is there', stored === BURST, stored);
      const slowest = Math.max(...meanwhile.tookMs);
      evidence.check(
        'others who send one meanwhile are not turned away',
        meanwhile.refused.length === 0,
        `${meanwhile.refused.length} of ${BYSTANDERS}`,
      );
      evidence.target(
        `nor do they wait for more than ${TARGET_MS} ms`,
        slowest <= TARGET_MS,
        `${slowest} ms`,
      );
    }
    const grown = Math.round(((await residentBytes(server)) - before) / 2 ** 20);
    evidence.figure('resident memory has grown by', `${grown} MiB`);
  },
};

async function sendAll(senders: readonly Sender[]): Promise<Outcome> {
  const outcome: Outcome = { accepted: [], refused: [], tookMs: [] };
  const before = performance.now();
  await Promise.all(
    senders.map(async ({ client, url, threadId }) => {
      // Not the client's own way: it gives up after half a minute, and a busy machine may take longer.
      const answer = await probe(url, {
        method: 'POST',
        path: `/v1/threads/${threadId}/messages`,
        token: await client.accessToken(),
        body: { content: QUESTION },
      }).catch((error: unknown) => ({ status: 0, text: JSON.stringify({ code: String(error) }) }));
      const { runId, code = '' } = JSON.parse(answer.text) as { runId?: string; code?: string };
      if (answer.status === 202 && runId !== undefined) outcome.accepted.push(runId);
      else outcome.refused.push(`${answer.status} ${code}`);
      outcome.tookMs.push(Math.round(performance.now() - before));
    }),
  );
  return outcome;
}

async function countRuns({ client }: Sender): Promise<number> {
  let [count, cursor]: [number, string | undefined] = [0, undefined];
  do {
    const page: { items: readonly unknown[]; nextCursor?: string } = await client.runs({
      limit: 200,
      ...(cursor !== undefined && { cursor }),
    });
    count += page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return count;
}
