import { Test, type TestingModule } from '@nestjs/testing';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { Database, PERSISTENCE_OPTIONS } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { FLAG_NAMES, FLAGS, hasExpired } from './flag-catalogue.ts';
import { FeatureFlags, FlagAdministration, FlagsModule, InvalidFlagValueError } from './index.ts';

let test: TestDatabase;
let nodes: TestingModule[];
let admin: Identity;
beforeAll(async () => {
  test = await openTestDatabase();
  admin = await test.signUp();
  nodes = await Promise.all([startNode(), startNode()]);
});
afterAll(async () => {
  // The database is the spec's, not a node's.
  for (const node of nodes) node.get(FeatureFlags).onModuleDestroy();
  await test.close();
});

async function startNode(): Promise<TestingModule> {
  const module = await Test.createTestingModule({ imports: [FlagsModule] })
    .useMocker((token) => (token === PERSISTENCE_OPTIONS ? test.options : undefined))
    .overrideProvider(Database)
    .useValue(test.database)
    .compile();
  await module.init();
  return module;
}
const flagsOf = (index: number): FeatureFlags => nodes[index]!.get(FeatureFlags);
const auditMetadata = { clientIp: '203.0.113.7', userAgent: 'curl/8' };
const change = (value: string | null, name = 'run_queue_wake') =>
  nodes[0]!.get(FlagAdministration).change(aContext(admin).with({ auditMetadata }).build(), name, {
    value,
    reason: 'notifications are in doubt',
  });
const untilChanged = (flags: FeatureFlags): Promise<void> =>
  new Promise((resolve) => {
    const unwatch = flags.onChange(() => {
      unwatch();
      resolve();
    });
  });
const count = (table: string): Promise<number> =>
  test.asAdmin(async (client) => {
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::int as rows from bulkhead.${table}`,
    );
    return rows[0]?.rows ?? 0;
  });

describe('the catalogue', () => {
  it.each(FLAG_NAMES)('%s has a default among its values, and a last day', (name) => {
    expect(FLAGS[name].values).toContain(FLAGS[name].default);
    expect(FLAGS[name].expires).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(FLAGS[name].values.length).toBeGreaterThan(1);
  });
});

describe('a flag', () => {
  it('has its default until somebody changes it, and its change on every node', async () => {
    expect([flagsOf(0).value('run_queue_wake'), flagsOf(1).value('run_queue_wake')]).toEqual([
      'notify',
      'notify',
    ]);
    const other = untilChanged(flagsOf(1));
    expect(await change('poll')).toMatchObject({ name: 'run_queue_wake', value: 'poll' });
    expect(flagsOf(0).value('run_queue_wake')).toBe('poll');
    await other;
    expect(flagsOf(1).value('run_queue_wake')).toBe('poll');
  });

  it('keeps its value over a restart, and goes back to its default', async () => {
    await change('poll');
    const restarted = await startNode();
    nodes.push(restarted);
    expect(restarted.get(FeatureFlags).value('run_queue_wake')).toBe('poll');
    expect(await change(null)).toMatchObject({ value: 'notify', lastChange: { changedBy: admin.userId } });
  });

  it('keeps every change, with who, why and from where, in the table and in the audit log', async () => {
    const before = await count('flag_changes');
    await change('poll');
    await change(null);
    expect(await count('flag_changes')).toBe(before + 2);
    const entries = await test.asAdmin(async (client) => {
      const { rows } = await client.query<{ details: object; trail: object }>(
        `select details, trail from bulkhead.audit_log where action = 'flag.changed' and user_id = $1 order by seq desc limit 1`,
        [admin.userId],
      );
      return rows;
    });
    expect(entries).toEqual([
      {
        details: { flag: 'run_queue_wake', value: null, reason: 'notifications are in doubt' },
        trail: { requestId: expect.any(String), auditMetadata },
      },
    ]);
  });

  it('takes no value that it does not have, and there is no flag that is not in the catalogue', async () => {
    const before = await count('flag_changes');
    await expect(change('sometimes')).rejects.toThrow(InvalidFlagValueError);
    for (const name of ['absent', 'constructor', '__proto__']) {
      await expect(change('poll', name)).rejects.toThrow(ResourceNotFoundError);
    }
    expect(await count('flag_changes')).toBe(before);
  });

  it('has its default when what is stored is no value of it', async () => {
    await test.asAdmin((client) =>
      client.query(
        `insert into bulkhead.flag_changes (name, value, reason, changed_by) values ('run_queue_wake', '"gone"', '-', '-')`,
      ),
    );
    await flagsOf(0).refresh();
    expect(flagsOf(0).value('run_queue_wake')).toBe('notify');
  });

  it('has its default from the day after its last one', () => {
    const flag = FLAGS.run_queue_wake;
    expect([hasExpired(flag, flag.expires), hasExpired(flag, '2999-01-01')]).toEqual([false, true]);
  });
});
