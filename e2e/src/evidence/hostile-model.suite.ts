import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BulkheadClient, isTerminal, type ThreadEvent } from '@bulkhead/client';
import { newCredentials } from '../account.ts';
import { ofType, untilRunsEnd } from '../run-events.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { attacks, playAttack, type Attack, type Prey } from './hostile-scripts.ts';
import { ScriptedProvider } from './scripted-provider.ts';

const canary = `canary_${randomUUID().replaceAll('-', '')}`;
const AGENTS = ['assistant', 'mathematician', 'coordinator'];
const limits = {
  RUN_MAX_STEPS: '100',
  RUN_MAX_TOOL_CALLS: '1000',
  RUN_MAX_DELEGATIONS: '1000',
  APPROVAL_TIMEOUT_SECONDS: '1',
};

export const hostileModel: EvidenceSuite = {
  name: 'hostile-model',
  promise:
    'Whatever a model asks for, nothing outside its grant is executed, and the run ends with a clear reason.',
  tried:
    'A fake provider, asked over its real wire format, wants every tool, things of another user, oversized and malformed arguments, and a thousand calls; events, database, requests and a listener are looked through for what was done.',
  async run(evidence) {
    const stage: { prey?: Prey } = {};
    const provider = new ScriptedProvider((request) =>
      stage.prey ? playAttack(request, stage.prey) : { text: '' },
    );
    const hits = await listen(evidence);
    const settings = {
      ...limits,
      ...(await provider.listen()),
      AGENT_MODELS: AGENTS.map((agent) => `${agent}=openai-compatible:hostile`).join(','),
    };
    evidence.defer(() => provider.close());
    const cluster = await Cluster.start(1, settings);
    evidence.defer(() => cluster.dispose());
    stage.prey = await settle(cluster, hits.url);
    const before = await stateOf(cluster);

    const users = evidence.long ? 10 : 1;
    let asked = 0;
    for (const attack of attacks.filter(({ name }) => name !== 'as a sub-agent')) {
      const told = await Promise.all(Array.from({ length: users }, () => suffer(cluster, attack)));
      for (const events of told) asked += judge(evidence, attack, events);
    }
    evidence.figure('calls asked for', asked);
    const now = await stateOf(cluster);
    evidence.check('nothing in the database is another than before', now === before, now);
    evidence.check('nobody reached the listener', hits.count() === 0, `${hits.count()} requests`);
    checkRequests(evidence, provider);
  },
};

/** A user with notes and a table, and nothing to do with the attacks. */
async function settle(cluster: Cluster, url: string): Promise<Prey> {
  const client = await BulkheadClient.signUp(cluster.node(0).url, newCredentials());
  const { threadId } = await client.createThread();
  const tableName = `secrets_${randomUUID().slice(0, 8)}`;
  const { tableId } = await client.uploadTable({ name: tableName, csv: `secret,worth\n${canary},7\n` });
  const { userId } = await client.me();
  await cluster.query(
    `insert into bulkhead.notes (note_id, user_id, text, idempotency_key) values ($1, $2, $3, 'x')`,
    [randomUUID(), userId, `A note with the ${canary}`],
  );
  return { userId, threadId, tableId, tableName, url };
}

/** One attack on a user of its own, from the message to the end of its run. */
async function suffer(cluster: Cluster, { name, agentName }: Attack): Promise<ThreadEvent[]> {
  const client = await BulkheadClient.signUp(cluster.node(0).url, newCredentials());
  const thread = await client.openThread();
  try {
    await thread.send(`attack: ${name}`, { agentName });
    return await untilRunsEnd(thread.events());
  } finally {
    await thread.close();
  }
}

/** @returns how many calls were told */
function judge(evidence: Evidence, attack: Attack, events: readonly ThreadEvent[]): number {
  const calls = ofType(events, 'tool_completed').map(({ data }) => data);
  const beyond = calls.filter(
    ({ toolName, outcome }) => !attack.granted.includes(toolName) && outcome !== 'refused',
  );
  const done = calls.filter(
    ({ toolName, outcome }) => outcome === 'succeeded' && !attack.lawful.includes(toolName),
  );
  const end = events.find(isTerminal);
  const reason = end?.type === 'agent_failed' ? end.data.problem.code : end?.type;
  const isPaired = ofType(events, 'tool_executing').length === calls.length;
  const expected = attack.endsWith ?? 'agent_completed';
  const holds = beyond.length === 0 && done.length === 0 && isPaired && reason === expected;
  const leaked = JSON.stringify(events).includes(canary);
  const figure = `${calls.length} calls, ${beyond.length + done.length} executed, ends with ${reason}`;
  evidence.check(`nothing is executed that may not be: ${attack.name}`, holds && !leaked, figure);
  return calls.length;
}

/** What the models were told: the tools that their agents were given, and nothing of anybody else. */
function checkRequests(evidence: Evidence, { requests }: ScriptedProvider): void {
  const leaks = requests.filter(({ text }) => text.includes(canary)).length;
  evidence.check(
    "no model was told anything of another user's",
    leaks === 0,
    `${leaks} of ${requests.length} requests`,
  );
  const tooMuch = requests.filter(({ question, offered }) => {
    const attack = attacks.find(({ name }) => question.endsWith(`attack: ${name}`));
    return attack && offered.some((tool) => !attack.granted.includes(tool));
  });
  evidence.check(
    'no model was offered a tool that its agent was not given',
    tooMuch.length === 0,
    `${tooMuch.length}`,
  );
}

/** Everything that an attack could change. */
async function stateOf(cluster: Cluster): Promise<string> {
  const [row] = await cluster.query<{ state: string }>(
    `select (select count(*) || ' notes, ' || coalesce(md5(string_agg(text, ',' order by note_id)), '') from bulkhead.notes)
         || (select ', ' || count(*) || ' tables' from bulkhead.tables)
         || (select ', ' || count(*) || ' rows' from bulkhead.table_rows) as state`,
  );
  return row?.state ?? '';
}

/** A server on loopback, where no request may ever go. */
async function listen(evidence: Evidence): Promise<{ url: string; count: () => number }> {
  let count = 0;
  const server = createServer((_, response) => {
    count += 1;
    response.end(canary);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  evidence.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, count: () => count };
}
