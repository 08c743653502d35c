import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BulkheadClient, ProblemError, type Approval, type ApprovalDecision } from '@bulkhead/client';
import { newCredentials } from './account.ts';
import { Cluster } from './evidence/cluster.ts';
import { ofType } from './run-events.ts';
import type { Server } from './server.ts';

const POLL_MS = 50;
const ASK = '/tool notes_delete_all {}';
const credentials = newCredentials();

let cluster: Cluster;
let ada: BulkheadClient;
beforeAll(async () => {
  cluster = await Cluster.start(2);
  ada = await BulkheadClient.signUp(cluster.node(0).url, credentials);
}, 120_000);
afterAll(() => cluster?.dispose(), 60_000);

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(POLL_MS);
  }
}
/** Has the assistant ask for the deletion of all notes. */
async function ask(): Promise<Approval> {
  const { threadId } = await ada.createThread();
  const { runId } = await ada.sendMessage(threadId, { content: ASK });
  return until(async () => (await ada.approvals()).find((approval) => approval.runId === runId));
}
const ended = (client: BulkheadClient, runId: string) =>
  until(async () => {
    const run = await client.run(runId);
    return ['completed', 'failed', 'cancelled', 'timed_out'].includes(run.state) ? run : undefined;
  });
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  return error instanceof ProblemError
    ? error.problem.code
    : `It succeeded, or failed otherwise: ${String(error)}`;
};
const approve = ({ argumentsHash }: Approval): ApprovalDecision => ({ decision: 'approve', argumentsHash });
const nodeIdOf = async (node: Server) =>
  (await readFile(join(node.dataDir, 'data', 'node-id'), 'utf8')).trim();

describe('an approval', () => {
  it('is refused for other arguments, to another user, and when it has expired', async () => {
    const asked = await ask();
    const wrong: ApprovalDecision = { decision: 'approve', argumentsHash: 'f'.repeat(64) };
    expect(await codeOf(ada.decide(asked.approvalId, wrong))).toBe('approval_changed');

    const eve = await BulkheadClient.signUp(cluster.node(1).url, newCredentials());
    expect(await eve.approvals()).toEqual([]);
    expect(await codeOf(eve.decide(asked.approvalId, approve(asked)))).toBe('not_found');
    expect(await codeOf(eve.decide(randomUUID(), approve(asked)))).toBe('not_found');

    await cluster.query('update bulkhead.approvals set expires_at = now() where approval_id = $1', [
      asked.approvalId,
    ]);
    expect(await codeOf(ada.decide(asked.approvalId, approve(asked)))).toBe('approval_closed');
    await ended(ada, asked.runId);
    const events = await ada.events(asked.threadId);
    expect(ofType(events, 'approval_resolved').map(({ data }) => data.decision)).toEqual(['expired']);
    expect(ofType(events, 'tool_completed').map(({ data }) => data.outcome)).toEqual(['refused']);
  }, 60_000);

  it('outlives the node that asked: it is given on another one, and the call is executed once', async () => {
    const asked = await ask();
    const [row] = await cluster.query<{ node_id: string }>(
      'select node_id from bulkhead.run_queue where run_id = $1',
      [asked.runId],
    );
    const ids = await Promise.all(cluster.nodes.map(nodeIdOf));
    const waiting = ids.indexOf(row?.node_id ?? '');
    expect(waiting).toBeGreaterThanOrEqual(0);
    await cluster.node(waiting).kill();

    const elsewhere = await BulkheadClient.signIn(cluster.node(waiting + 1).url, credentials);
    expect((await elsewhere.approvals()).map(({ approvalId }) => approvalId)).toEqual([asked.approvalId]);
    expect(await elsewhere.decide(asked.approvalId, approve(asked))).toMatchObject({ state: 'approved' });
    expect(await ended(elsewhere, asked.runId)).toMatchObject({ state: 'completed' });
    const events = await elsewhere.events(asked.threadId);
    const count = (type: 'approval_requested' | 'approval_resolved' | 'tool_executing') =>
      ofType(events, type).length;
    expect([count('approval_requested'), count('approval_resolved'), count('tool_executing')]).toEqual([
      1, 1, 1,
    ]);
    expect(ofType(events, 'tool_completed').map(({ data }) => data.outcome)).toEqual(['succeeded']);
  }, 120_000);
});
