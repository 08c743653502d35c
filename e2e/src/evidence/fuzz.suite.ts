import { newCredentials } from '../account.ts';
import { probe, type ProbeRequest, type ProbeResponse } from '../http-probe.ts';
import type { Server } from '../server.ts';
import { operationsOf, type Operation } from './api-document.ts';
import { badCallsOf, pathOf, pollutingBodies, randomOf, type BadCall } from './bad-request-generator.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { inspectable, InspectedHeap } from './inspected-heap.ts';

const AT_A_TIME = 16;
/** What is written down about refusals, and counted for limits, is no effect of a request. */
const accounting = ['audit_log', 'audit_heads', 'audit_seals', 'rate_limits'];
const prototypeKeys = 'Object.getOwnPropertyNames(Object.prototype).sort().join()';

export const fuzz: EvidenceSuite = {
  name: 'fuzz',
  promise: 'Bad requests are answered with a problem that names the field, and change nothing.',
  tried:
    'Bad requests generated from the API document, and bodies that pollute prototypes, by a caller with every permission; every table is counted before and after.',
  async run(evidence) {
    const [requests, polluting] = evidence.long ? [5_000, 200] : [1_500, 60];
    const cluster = await Cluster.start(1, inspectable);
    evidence.defer(() => cluster.dispose());
    const server = cluster.node(0);
    const token = await administrator(cluster, server);
    const heap = await InspectedHeap.of(server);
    evidence.defer(() => heap.close());
    const operations = await operationsOf(server);
    const before = { rows: await rowCounts(cluster), keys: await heap.evaluate(prototypeKeys) };

    await sendBad(evidence, server, operations, token, requests);
    await pollute(evidence, server, operations, token, polluting);

    const after = { rows: await rowCounts(cluster), keys: await heap.evaluate(prototypeKeys) };
    const changed = Object.keys(after.rows).filter((table) => after.rows[table] !== before.rows[table]);
    evidence.check('nothing is stored', changed.length === 0, changed.join(', ') || '0 tables changed');
    evidence.check('Object.prototype is as it was', after.keys === before.keys, String(after.keys).length);
    const complaints = server.output.match(/"level":[56]0/g)?.length ?? 0;
    evidence.check('the server has nothing to complain about', complaints === 0, complaints);
  },
};

/** An account with every permission, so that every route's own check is reached. */
async function administrator(cluster: Cluster, server: Server): Promise<string> {
  const credentials = newCredentials();
  await probe(server.url, { method: 'POST', path: '/v1/auth/sign-up', body: credentials });
  await cluster.query(`update bulkhead.accounts set roles = '{user,admin}' where email = $1`, [
    credentials.email,
  ]);
  const { text } = await probe(server.url, { method: 'POST', path: '/v1/auth/sign-in', body: credentials });
  return (JSON.parse(text) as { accessToken: string }).accessToken;
}

async function sendBad(
  evidence: Evidence,
  server: Server,
  operations: readonly Operation[],
  token: string,
  count: number,
): Promise<void> {
  const random = randomOf(1);
  const calls: BadCall[] = [];
  while (calls.length < count)
    for (const operation of operations) calls.push(...badCallsOf(operation, random));
  const complaints = new Map<string, string>();
  const answers = new Map<number, number>();
  const chosen = calls.slice(0, Math.max(count, calls.length));
  await eachOf(chosen, async ({ operation, request, field }) => {
    const response = await probe(server.url, { ...request, token });
    answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
    const complaint = complaintAbout(response, operation.isUpload ? '' : field);
    if (complaint !== undefined) complaints.set(`${operation.name} ${describe(request)}`, complaint);
  });
  const covered = new Set(chosen.map(({ operation }) => operation.name));
  evidence.figure('routes that take input', `${covered.size} of ${operations.length} routes`);
  evidence.figure('answers', [...answers].map(([status, times]) => `${times}× ${status}`).join(', '));
  for (const [request, complaint] of [...complaints].slice(0, 10)) evidence.log(`${request}: ${complaint}`);
  evidence.check(
    `${chosen.length} bad requests are each answered with a problem that names the field`,
    complaints.size === 0,
    `${chosen.length - complaints.size} of ${chosen.length}`,
  );
}

async function pollute(
  evidence: Evidence,
  server: Server,
  operations: readonly Operation[],
  token: string,
  count: number,
): Promise<void> {
  const random = randomOf(2);
  const writing = operations.filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method));
  const calls: { readonly operation: Operation; readonly body: string }[] = [];
  while (calls.length < count) {
    for (const operation of writing)
      calls.push(...pollutingBodies(random).map((body) => ({ operation, body })));
  }
  const complaints: string[] = [];
  await eachOf(calls, async ({ operation, body }) => {
    const headers = { 'content-type': 'application/json' };
    const request = { method: operation.method, path: pathOf(operation), headers, body, token };
    const response = await probe(server.url, request);
    const complaint = complaintAbout(response);
    if (complaint !== undefined) complaints.push(`${operation.name} ${body}: ${complaint}`);
  });
  for (const complaint of complaints.slice(0, 10)) evidence.log(complaint);
  evidence.check(
    `${calls.length} bodies that pollute prototypes, on ${writing.length} routes, are refused`,
    complaints.length === 0,
    `${calls.length - complaints.length} of ${calls.length}`,
  );
}

/** What is wrong with an answer to a bad request; undefined when nothing is. */
function complaintAbout({ status, contentType, text }: ProbeResponse, field?: string): string | undefined {
  if (status < 400 || status >= 500) return `answered ${status} ${text.slice(0, 100)}`;
  if (!contentType.startsWith('application/problem+json')) return `answered ${contentType}`;
  const problem = JSON.parse(text) as { readonly field?: string; readonly code?: string };
  if (field === undefined || status === 415) return problem.code === undefined ? 'no code' : undefined;
  return problem.field?.includes(field) === true
    ? undefined
    : `names ${problem.field}, not ${field}: ${status}`;
}

const describe = ({ path, body }: ProbeRequest): string =>
  `${path.slice(0, 120)} ${JSON.stringify(body)?.slice(0, 120) ?? ''}`;

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function rowCounts(cluster: Cluster): Promise<Record<string, number>> {
  const tables = await cluster.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'bulkhead'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    if (accounting.includes(name)) continue;
    const [row] = await cluster.query<{ count: number }>(
      `select count(*)::int as count from bulkhead."${name}"`,
    );
    counts[name] = row?.count ?? 0;
  }
  return counts;
}
