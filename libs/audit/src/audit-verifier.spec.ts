import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, AccountTransactions, UserTransactions } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { AuditKeys } from './audit-keys.service.ts';
import { AuditLog } from './audit-log.service.ts';
import { AuditSealer } from './audit-sealer.service.ts';
import { AuditVerifier } from './audit-verifier.service.ts';

const ROWS = 6;
let test: TestDatabase;
let audit: AuditLog;
let sealer: AuditSealer;
let verifier: AuditVerifier;
let ada: Identity;
let ben: Identity;

/** The log of a server with a key. */
function logOf(database: Database, witnessDir?: string, key?: string) {
  const options = { ...(witnessDir !== undefined && { witnessDir }), ...(key !== undefined && { key }) };
  const keys = new AuditKeys(database, options);
  const accounts = new AccountTransactions(database);
  const log = new AuditLog(keys, new UserTransactions(database));
  return {
    log,
    sealer: new AuditSealer(log, keys, accounts, options),
    verifier: new AuditVerifier(keys, accounts, options),
  };
}

beforeAll(async () => {
  test = await openTestDatabase();
  ({
    log: audit,
    sealer,
    verifier,
  } = logOf(test.database, await mkdtemp(join(tmpdir(), 'bulkhead-witness-'))));
  await sealer.onApplicationBootstrap();
  // From here on seals are set by hand: a pass of its own, in the middle, would share rows out otherwise.
  await sealer.beforeApplicationShutdown();
  [ada, ben] = await Promise.all([test.signUp(), test.signUp()]);
  for (let row = 0; row < ROWS; row += 1) {
    for (const user of [ada, ben]) await audit.record(aContext(user).build(), 'tool.called', { row });
    // The third and fourth row of each are sealed together.
    if (row !== 2) await sealer.seal();
  }
});
afterAll(() => test.close());

/** What is found after a change by whoever owns the database, which is taken back again. */
async function findingsAfter(...changes: readonly string[]) {
  await test.asAdmin(async (admin) => {
    await admin.query('create schema backup');
    for (const table of ['log', 'heads', 'seals'])
      await admin.query(`create table backup.audit_${table} as table bulkhead.audit_${table}`);
    for (const change of changes) await admin.query(change.replaceAll(':ada', `'${ada.userId}'`));
  });
  const { findings } = await verifier.verify();
  await test.asAdmin(async (admin) => {
    for (const table of ['log', 'heads', 'seals']) {
      await admin.query(`truncate bulkhead.audit_${table}`);
      await admin.query(`insert into bulkhead.audit_${table} select * from backup.audit_${table}`);
    }
    await admin.query('drop schema backup cascade');
  });
  return findings;
}

/** What somebody who knows how it works does after a change: numbers and chains the rows anew. */
const chainAnew = `
  do $$ declare r record; s bigint := 0; h text := ''; begin
    update bulkhead.audit_log set seq = seq + 1000 where user_id = :ada;
    for r in select * from bulkhead.audit_log where user_id = :ada order by seq loop
      s := s + 1;
      h := bulkhead.audit_hash(h, r.user_id, s, r.audit_id, r.at, r.action, r.key_id, r.mac, r.trail, r.details);
      update bulkhead.audit_log set seq = s, hash = h where user_id = :ada and audit_id = r.audit_id;
    end loop;
    update bulkhead.audit_heads set seq = s, hash = h where user_id = :ada;
  end $$`;
const insertAt = (seq: number) =>
  `insert into bulkhead.audit_log select user_id, gen_random_uuid(), at, action, trail, details, ${seq}, key_id, mac, hash
     from bulkhead.audit_log where user_id = :ada and seq = 1`;

describe('the verification', () => {
  it('finds nothing in a log that nobody touched', async () => {
    expect(await verifier.verify()).toMatchObject({ rows: 2 * ROWS, findings: [] });
  });

  it('reads a chain in the order of its numbers, not of their digits', async () => {
    const cleo = await test.signUp();
    for (let row = 0; row < 12; row += 1) {
      await audit.record(aContext(cleo).build(), 'tool.called', { row });
    }
    await sealer.seal();
    expect((await verifier.verify()).findings).toEqual([]);
  });

  it.each<[string, number, string[]]>([
    [
      'an action was changed',
      2,
      [`update bulkhead.audit_log set action = 'x' where user_id = :ada and seq = 2`],
    ],
    [
      'a detail was changed',
      3,
      [`update bulkhead.audit_log set details = '{"row":9}' where user_id = :ada and seq = 3`],
    ],
    [
      'a trail was changed',
      1,
      [`update bulkhead.audit_log set trail = '{}' where user_id = :ada and seq = 1`],
    ],
    [
      'a time was changed',
      4,
      [`update bulkhead.audit_log set at = at - interval '1 hour' where user_id = :ada and seq = 4`],
    ],
    [
      'a time was changed by less than the signature has',
      4,
      [`update bulkhead.audit_log set at = at + interval '3 us' where user_id = :ada and seq = 4`],
    ],
    [
      'a signature was taken off',
      5,
      [`update bulkhead.audit_log set mac = '', key_id = '' where user_id = :ada and seq = 5`],
    ],
    [
      'a row was changed, and all chained anew',
      2,
      [`update bulkhead.audit_log set action = 'x' where user_id = :ada and seq = 2`, chainAnew],
    ],
    ['the first row was removed', 1, [`delete from bulkhead.audit_log where user_id = :ada and seq = 1`]],
    ['a row was removed', 3, [`delete from bulkhead.audit_log where user_id = :ada and seq = 3`]],
    [
      'the last row was removed',
      ROWS,
      [`delete from bulkhead.audit_log where user_id = :ada and seq = ${ROWS}`],
    ],
    ['all rows were removed', 1, [`delete from bulkhead.audit_log where user_id = :ada`]],
    [
      'a row was removed, and all chained anew',
      2,
      [`delete from bulkhead.audit_log where user_id = :ada and seq = 2`, chainAnew],
    ],
    [
      'a row between two seals was removed, and all chained anew',
      3,
      [`delete from bulkhead.audit_log where user_id = :ada and seq = 3`, chainAnew],
    ],
    [
      'the last row was removed, and the head put back',
      ROWS,
      [`delete from bulkhead.audit_log where user_id = :ada and seq = ${ROWS}`, chainAnew],
    ],
    ['a row was inserted at the end', ROWS + 1, [insertAt(ROWS + 1)]],
    [
      'a row was inserted, and all chained anew',
      3,
      [
        `update bulkhead.audit_log set seq = seq + 100 where user_id = :ada and seq >= 3`,
        insertAt(3),
        chainAnew,
      ],
    ],
    [
      'two rows changed places',
      2,
      [
        `update bulkhead.audit_log set seq = seq + 100 where user_id = :ada and seq in (2, 5)`,
        `update bulkhead.audit_log set seq = case seq when 102 then 5 else 2 end where user_id = :ada and seq > 100`,
        chainAnew,
      ],
    ],
  ])('names the row when %s', async (_, seq, changes) => {
    const findings = await findingsAfter(...changes);
    expect(findings[0]).toMatchObject({ userId: ada.userId, seq });
    expect(findings.filter(({ userId }) => userId === ben.userId)).toEqual([]);
  });

  it.each([3, 4])('names row %i, and no other, of two that were sealed together', async (seq) => {
    const gone = `delete from bulkhead.audit_log where user_id = :ada and seq = ${seq}`;
    expect(await findingsAfter(gone, chainAnew)).toMatchObject([{ kind: 'removed', seq }]);
  });

  it('names both rows that changed places between two seals', async () => {
    const swap = [
      'update bulkhead.audit_log set seq = seq + 100 where user_id = :ada and seq in (3, 4)',
      'update bulkhead.audit_log set seq = case seq when 103 then 4 else 3 end where user_id = :ada and seq > 100',
    ];
    expect(await findingsAfter(...swap, chainAnew)).toMatchObject([
      { kind: 'moved', seq: 3 },
      { kind: 'moved', seq: 4 },
    ]);
  });

  it('notices a seal that says that other rows were there', async () => {
    const forgotten = `update bulkhead.audit_seals set rows = rows[2:] where user_id = :ada and seq = 4`;
    expect(await findingsAfter(forgotten)).toMatchObject([{ kind: 'seal' }]);
  });

  it.each<[string, string]>([
    ['a seal was removed', 'delete from bulkhead.audit_seals where seal_no = 3'],
    ['a seal was changed', `update bulkhead.audit_seals set hash = 'x' where seal_no = 3`],
    ['the newest seals were removed', 'delete from bulkhead.audit_seals where seal_no > 3'],
    ['all seals were removed', 'delete from bulkhead.audit_seals'],
  ])('notices that %s', async (_, change) => {
    expect(await findingsAfter(change)).not.toEqual([]);
  });

  it('verifies with an earlier key what that key signed', async () => {
    const next = logOf(test.database, undefined, 'another key of at least 32 characters');
    await next.log.record(aContext(ada).build(), 'tool.called');
    expect((await next.verifier.verify()).findings).toEqual([]);
    expect((await verifier.verify()).findings).toMatchObject([{ kind: 'changed', seq: ROWS + 1 }]);
  });

  it('counts rows from before there were signatures when the first seal has them', async () => {
    const old = await openTestDatabase();
    const { userId } = await old.signUp();
    await old.asAdmin((admin) =>
      admin.query(
        `select bulkhead.append_audit('${userId}', gen_random_uuid(), now(), 'x', '{}', '{}', '', '')`,
      ),
    );
    const { sealer: first, verifier: then } = logOf(old.database);
    await first.onApplicationBootstrap();
    expect((await then.verify()).findings).toEqual([]);
    await old.asAdmin((admin) =>
      admin.query(
        `select bulkhead.append_audit('${userId}', gen_random_uuid(), now(), 'x', '{}', '{}', '', '')`,
      ),
    );
    expect((await then.verify()).findings).toMatchObject([{ kind: 'changed', seq: 2 }]);
    await first.beforeApplicationShutdown();
    await old.close();
  });
});
