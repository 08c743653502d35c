import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signUp, type Account } from '../account.ts';
import { runAudit, type AuditAnswer } from './audit-command.ts';
import { Tamperer, tamperings, type Tampering } from './audit-tampering.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';

const MESSAGES = 3;
const POLL_MS = 100;
const settings = { AUDIT_KEY: `audit key ${randomUUID()}` };

/** A user's chain, as long as the server left it. */
type Chain = { readonly user_id: string; readonly length: number };

export const audit: EvidenceSuite = {
  name: 'audit',
  promise: 'Whatever the owner of the database changes in the audit log is named.',
  tried:
    'Rows of finished chains are changed, removed, inserted and swapped by the role that owns the tables, most of them with the chain computed anew.',
  async run(evidence) {
    const [users, rounds] = evidence.long ? [100, 10] : [20, 3];
    const cluster = await Cluster.start(2, settings);
    evidence.defer(() => cluster.dispose());
    await act(cluster, users);
    await untilFinished(cluster);
    // A server that stops writes and seals what is left.
    await Promise.all(cluster.nodes.map((node) => node.stop()));
    const chains = await cluster.query<Chain>(
      'select user_id, seq::int as length from bulkhead.audit_heads order by user_id',
    );

    const verify = () => runAudit(cluster, settings, 'verify');
    const untouched = await verify();
    evidence.check('the untouched log verifies', untouched.code === 0, untouched.lines.at(-1) ?? '');
    const exported = await runAudit(cluster, settings, 'export');
    const rows = chains.reduce((sum, { length }) => sum + length, 0);
    evidence.check(
      'the export has every row',
      exported.lines.length === rows,
      `${exported.lines.length} of ${rows}`,
    );

    const tamperer = await Tamperer.connect(cluster.databaseUrl);
    evidence.defer(() => tamperer.end());
    const ofUsers = chains.filter(({ user_id: userId }) => !userId.startsWith('00000000')).slice(0, users);
    let [named, missed, strangers, tried] = [0, 0, 0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const outcome = await tamper(verify, tamperer, ofUsers, round);
      named += outcome.named;
      strangers += outcome.strangers;
      missed += outcome.missed.length;
      tried += ofUsers.length;
      for (const text of outcome.missed.slice(0, 3)) evidence.log(`not named: ${text}`);
    }
    evidence.check('every changed, removed or inserted row is named', missed === 0, `${named} of ${tried}`);
    evidence.check('no chain is named that nobody touched', strangers === 0, strangers);
    const restored = await verify();
    evidence.check('the restored log verifies again', restored.code === 0, restored.lines.at(-1) ?? '');
  },
};

/** Something to write down for each of so many users. */
async function act(cluster: Cluster, users: number): Promise<void> {
  const indices = Array.from({ length: users }, (_, index) => index).values();
  const worker = async (): Promise<void> => {
    for (const index of indices) await send(await signUp(cluster.node(index)));
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function send({ client }: Account): Promise<void> {
  const { threadId } = await client.createThread();
  for (let message = 0; message < MESSAGES; message += 1)
    await client.sendMessage(threadId, { content: `What is ${message} + 1?` });
}

async function untilFinished(cluster: Cluster): Promise<void> {
  const left = 'select 1 from bulkhead.runs where finished_at is null limit 1';
  while ((await cluster.query(left)).length > 0) await sleep(POLL_MS);
}

/** One change to each chain; a row and a kind of change of its own for each. */
async function tamper(
  verify: () => Promise<AuditAnswer>,
  tamperer: Tamperer,
  chains: readonly Chain[],
  round: number,
) {
  const done: { readonly text: string; readonly expected: string }[] = [];
  for (const [index, { user_id: userId, length }] of chains.entries()) {
    const tampering = tamperings[(index + round) % tamperings.length] as Tampering;
    const seq = 1 + ((index * 7 + round * 3) % Math.max(1, length - 1));
    await tamperer.apply(tampering, userId, seq, length);
    const expected = `user ${userId}, row ${tampering.named(seq, length)} `;
    done.push({ text: `${tampering.name}: row ${seq} of ${length}, user ${userId}`, expected });
  }
  const { lines } = await verify();
  await tamperer.restore();
  const missed = done.filter(({ expected }) => !lines.some((line) => line.startsWith(expected)));
  const touched = new Set(chains.map(({ user_id: userId }) => userId));
  const strangers = lines.filter((line) => {
    const [, userId] = /^user (\S+),/.exec(line) ?? [];
    return userId !== undefined && !touched.has(userId);
  });
  const texts = missed.map(({ text, expected }) => {
    const [, userId = ''] = /^user (\S+),/.exec(expected) ?? [];
    return `${text}; said: ${lines.filter((line) => line.includes(userId)).join(' / ') || 'nothing'}`;
  });
  return { named: done.length - missed.length, missed: texts, strangers: strangers.length };
}
