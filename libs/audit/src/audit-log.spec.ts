import { Test } from '@nestjs/testing';
import { AccountTransactions, Database, PERSISTENCE_OPTIONS } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import { ContextIsolationError, type Identity } from '@bulkhead/user-context';
import { aContext, aLookAlike } from '@bulkhead/user-context/testing';
import { AuditLog, AuditModule, SYSTEM_CHAIN } from './index.ts';

let test: TestDatabase;
let audit: AuditLog;
let accounts: AccountTransactions;
beforeAll(async () => {
  test = await openTestDatabase();
  const module = await Test.createTestingModule({ imports: [AuditModule] })
    .useMocker((token) => (token === PERSISTENCE_OPTIONS ? test.options : undefined))
    .overrideProvider(Database)
    .useValue(test.database)
    .compile();
  audit = module.get(AuditLog, { strict: false });
  accounts = module.get(AccountTransactions, { strict: false });
});
afterAll(() => test.close());

const rowsOf = (userId: string) =>
  test.asAdmin(async (admin) => {
    const sql = 'select * from bulkhead.audit_log where user_id = $1 order by seq';
    return (await admin.query<Record<string, unknown>>(sql, [userId])).rows;
  });
const record = (ada: Identity, details = {}) => audit.record(aContext(ada).build(), 'tool.called', details);

describe('the audit log', () => {
  it('numbers each user’s rows without holes, whoever writes at once', async () => {
    const users = await Promise.all([test.signUp(), test.signUp()]);
    await Promise.all(Array.from({ length: 40 }, (_, index) => record(users[index % 2] as Identity)));
    for (const { userId } of users) {
      expect((await rowsOf(userId)).map(({ seq }) => Number(seq))).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    }
  });

  it('has no row of what was rolled back, and no hole in its place', async () => {
    const ada = await test.signUp();
    const context = aContext(ada).build();
    const failing = test.transactions.run(context, async (transaction) => {
      await audit.append(transaction, context, 'run.accepted');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await test.transactions.run(context, (transaction) => audit.append(transaction, context, 'run.accepted'));
    expect((await rowsOf(ada.userId)).map(({ seq }) => Number(seq))).toEqual([1]);
  });

  it('keeps the trail, and leaves secrets out', async () => {
    const ada = await test.signUp();
    await record(ada, { toolName: 'x', arguments: { password: 'canary-1', note: 'Bearer canary-2' } });
    const [row] = await rowsOf(ada.userId);
    expect(row).toMatchObject({
      action: 'tool.called',
      trail: { userId: ada.userId },
      details: { toolName: 'x' },
    });
    expect(JSON.stringify(row)).not.toContain('canary');
  });

  it.each(['NUL \0', 'half \ud800', '\\u0000', '"quoted"\n', '__proto__'])(
    'stores any text: %j',
    async (text) => {
      const ada = await test.signUp();
      await record(ada, { [text]: text });
      expect(await rowsOf(ada.userId)).toHaveLength(1);
    },
  );

  it('has a chain for what happened before anybody had signed in', async () => {
    await accounts.run((db) => audit.appendAs(db, SYSTEM_CHAIN, 'sign_in.refused', { count: 3 }));
    expect(await rowsOf(SYSTEM_CHAIN)).toMatchObject([{ action: 'sign_in.refused', details: { count: 3 } }]);
  });

  it('has what somebody does to others with the request, and where it came from, and nothing else of the context', async () => {
    const context = aContext(await test.signUp())
      .with({ auditMetadata: { clientIp: '203.0.113.7' }, agentContext: { topic: 'tea' } })
      .build();
    await accounts.run((db) => audit.appendBy(db, context, 'admin.acted', { act: 'user.changed' }));
    const { requestId, auditMetadata } = context;
    const [row] = await rowsOf(context.userId);
    expect(row).toMatchObject({ action: 'admin.acted', details: { act: 'user.changed' } });
    expect(row?.trail).toEqual({ requestId, auditMetadata });
    const lookAlike = aLookAlike(context) as never;
    await expect(accounts.run((db) => audit.appendBy(db, lookAlike, 'admin.acted'))).rejects.toThrow(
      ContextIsolationError,
    );
  });

  it('can not be written in another’s name', async () => {
    const [ada, ben] = await Promise.all([test.signUp(), test.signUp()]);
    const statement = audit.statement(aContext(ben).build(), 'tool.called');
    await expect(test.transactions.statement(aContext(ada).build(), statement)).rejects.toThrow(
      'row-level security',
    );
  });

  it.each([
    'update bulkhead.audit_log set action = action',
    'delete from bulkhead.audit_log',
    'truncate bulkhead.audit_log',
  ])('refuses the server: %s', async (statement) => {
    await expect(accounts.run((db) => db.execute(statement))).rejects.toThrow(/permission denied/);
    const context = aContext(await test.signUp()).build();
    await expect(test.transactions.statement(context, () => statement)).rejects.toThrow(/permission denied/);
  });
});
