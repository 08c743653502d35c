import { setTimeout as sleep } from 'node:timers/promises';
import { openThread, signUp } from '../account.ts';
import { Canaries } from './canaries.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';

const POLL_MS = 100;

export const secrets: EvidenceSuite = {
  name: 'secrets',
  promise: 'What is secret comes out nowhere: in no log, answer, event or table, nor in the audit log.',
  tried:
    'Passwords, keys and tokens are sent in every place where they belong and where they do not, to servers that log everything; then every log, answer and table is searched for each.',
  async run(evidence) {
    const canaries = new Canaries();
    const cluster = await Cluster.start(2, { LOG_LEVEL: 'trace', ...canaries.settings });
    evidence.defer(() => cluster.dispose());
    for (const node of cluster.nodes) await canaries.send(node);
    const account = await signUp(cluster.node(1));
    const thread = await openThread(cluster.node(1), account);
    await thread.send('What is 1 + 1?');
    const left = 'select 1 from bulkhead.runs where finished_at is null limit 1';
    while ((await cluster.query(left)).length > 0) await sleep(POLL_MS);
    // A server that stops writes what it has counted.
    await Promise.all(cluster.nodes.map((node) => node.stop()));

    const logs = cluster.nodes.map(({ output }) => output).join('\n');
    const places = {
      'no log': canaries.foundIn(logs),
      'no answer': canaries.foundIn(canaries.answers.join('\n')),
      'no table, events and audit log among them': await canaries.foundInDatabase(cluster),
    };
    evidence.figure('log that was searched', `${logs.length} characters, of everything`);
    for (const [place, found] of Object.entries(places))
      evidence.check(`${canaries.count} secrets are in ${place}`, found.length === 0, found.join(', ') || 0);

    const [planted = ''] = Object.values(canaries.settings);
    await cluster.query('create table public.leak as select $1::text as secret', [planted]);
    const found = [
      ...canaries.foundIn(`a log with ${planted}`),
      ...(await canaries.foundInDatabase(cluster)),
    ];
    evidence.check(
      'one that is planted in a log and a table is found in both',
      found.length === 2,
      found.length,
    );
  },
};
