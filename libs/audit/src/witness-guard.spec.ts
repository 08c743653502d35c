import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AccountTransactions, UserTransactions } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import { aContext } from '@bulkhead/user-context/testing';
import { AuditKeys } from './audit-keys.service.ts';
import { AuditLog } from './audit-log.service.ts';
import { AuditSealer } from './audit-sealer.service.ts';
import { AuditVerifier } from './audit-verifier.service.ts';
import { SYSTEM_CHAIN } from './audit-record.ts';
import type { AuditOptions } from './audit.options.ts';
import type { Witness } from './audit-witness.ts';

let test: TestDatabase;
let folder: string;

/** A server's audit log. */
function server(options: AuditOptions = {}) {
  const all = { witnessDir: folder, ...options };
  const keys = new AuditKeys(test.database, all);
  const accounts = new AccountTransactions(test.database);
  const log = new AuditLog(keys, new UserTransactions(test.database));
  const sealer = new AuditSealer(log, keys, accounts, all);
  return {
    sealer,
    keys,
    verifier: new AuditVerifier(keys, accounts, all),
    start: async () => {
      await sealer.onApplicationBootstrap();
      await sealer.beforeApplicationShutdown();
    },
    write: async () => {
      await log.record(aContext(await test.signUp()).build(), 'tool.called', {});
      await sealer.seal();
    },
  };
}
const file = () => join(folder, 'audit-witness.json');
const witness = async () => JSON.parse(await readFile(file(), 'utf8')) as Witness;
/** As after a restore from a backup: everything since is gone. */
const rollBackTo = (sealNo: number) =>
  test.asAdmin(async (admin) => {
    await admin.query('delete from bulkhead.audit_seals where seal_no > $1', [sealNo]);
    await admin.query('truncate bulkhead.audit_log, bulkhead.audit_heads');
  });
const newestSeal = () =>
  test.asAdmin(async (admin) => {
    const sql = 'select max(seal_no)::int as newest from bulkhead.audit_seals';
    return (await admin.query<{ newest: number }>(sql)).rows[0]?.newest ?? 0;
  });

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkhead-witness-'));
  await test.asAdmin((admin) =>
    admin.query('truncate bulkhead.audit_log, bulkhead.audit_heads, bulkhead.audit_seals'),
  );
});

describe('A server whose database has lost seals that it remembers', () => {
  it.each([1, 0])('does not start, and leaves its witness as it is, with %i of them left', async (left) => {
    const first = server();
    await first.start();
    await first.write();
    const before = await witness();
    await rollBackTo(left);
    await expect(server().start()).rejects.toMatchObject({
      code: 'audit_log_rolled_back',
      message: expect.stringContaining(
        `AUDIT_ACCEPT_RESTORED=${before.sealNo}-${before.mac.slice(0, 16)}`,
      ) as string,
    });
    expect(await witness()).toEqual(before);
    expect(await newestSeal()).toBe(left);
  });

  it('does not start on another history of the same length', async () => {
    await server().start();
    const before = await witness();
    await rollBackTo(0);
    await server({
      witnessDir: await mkdtemp(join(tmpdir(), 'bulkhead-witness-')),
      key: 'k'.repeat(32),
    }).start();
    expect(await newestSeal()).toBe(before.sealNo);
    await expect(server().start()).rejects.toMatchObject({ code: 'audit_log_rolled_back' });
  });

  it('starts when the operator accepts that very loss, writes it down, and accepts no other', async () => {
    const first = server();
    await first.start();
    await first.write();
    const before = await witness();
    await rollBackTo(1);
    const acceptRestored = `${before.sealNo}-${before.mac.slice(0, 16)}`;
    await expect(server({ acceptRestored: `1-${before.mac.slice(0, 16)}` }).start()).rejects.toThrow(
      'AUDIT_ACCEPT',
    );
    await server({ acceptRestored }).start();
    const { rows } = await test.asAdmin((admin) =>
      admin.query(`select user_id, details from bulkhead.audit_log where action = 'audit.restored'`),
    );
    expect(rows).toEqual([{ user_id: SYSTEM_CHAIN, details: { lostSealNo: before.sealNo } }]);
    expect(await server().verifier.verify()).toMatchObject({ findings: [] });
    await rollBackTo(1);
    await expect(server({ acceptRestored }).start()).rejects.toMatchObject({ code: 'audit_log_rolled_back' });
  });

  it('goes on sealing if it runs already, says so once, and keeps the proof', async () => {
    const running = server();
    await running.start();
    await running.write();
    const before = await witness();
    await rollBackTo(0);
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await running.write();
    await running.write();
    const said = error.mock.calls.map(([text]) => String(text));
    error.mockRestore();
    expect(said).toEqual([expect.stringContaining(`Seal ${before.sealNo}`)]);
    expect(await witness()).toEqual(before);
    expect(await newestSeal()).toBeGreaterThan(0);
    expect((await running.verifier.verify()).findings).toContainEqual(
      expect.objectContaining({ kind: 'witness' }),
    );
  });
});

describe('A server', () => {
  it('starts again on what it has left, and on what other nodes have added', async () => {
    const first = server();
    await first.start();
    await first.write();
    const other = server({ witnessDir: await mkdtemp(join(tmpdir(), 'bulkhead-witness-')) });
    await other.write();
    await server().start();
    expect((await witness()).sealNo).toBe(await newestSeal());
  });

  it.each(['', 'null', '{}', '{"sealNo": "1"}'])('does not start over a witness that is %j', async (text) => {
    await server().start();
    await writeFile(file(), text);
    await expect(server().start()).rejects.toThrow('audit-witness.json');
    const { findings } = await server().verifier.verify();
    expect(findings).toEqual([expect.objectContaining({ kind: 'witness' })]);
  });

  it('says what its log is worth where the key comes from the database of the operator', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await server({ isOwnDatabase: true, key: 'k'.repeat(32) }).start();
    await server().start();
    expect(warn).not.toHaveBeenCalled();
    await server({ isOwnDatabase: true }).start();
    const said = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    expect(said).toEqual([expect.stringContaining('tamper-evident against whoever has the database only')]);
  });
});

describe('A key from the password of a database', () => {
  it('verifies under another password, in hexadecimal among the keys from before', () => {
    // As docs/operations.md says how to keep it.
    const password = decodeURIComponent(new URL(test.options.databaseUrl ?? '').password);
    const hex = createHmac('sha256', password).update('bulkhead audit log').digest('hex');
    const signature = server().keys.sign('a row');
    const moved = Object.create(test.database, {
      deriveKey: { value: () => Buffer.from('another password') },
    }) as typeof test.database;
    expect(new AuditKeys(moved).verify('a row', signature)).toBe(false);
    const options = { previousKeys: [hex, 'f'.repeat(64)] };
    expect(new AuditKeys(moved, options).verify('a row', signature)).toBe(true);
    const asText = new AuditKeys(test.database, { key: 'f'.repeat(64) }).sign('a row');
    expect(new AuditKeys(moved, options).verify('a row', asText)).toBe(true);
  });
});
