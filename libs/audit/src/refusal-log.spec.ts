import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PERSISTENCE_OPTIONS } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import { AuditModule } from './audit.module.ts';
import { SYSTEM_CHAIN } from './audit-record.ts';
import { RefusalLog, type Refusal } from './refusal-log.service.ts';

let database: TestDatabase;
let log: RefusalLog;
let close: () => Promise<void>;

const rows = () =>
  database.asAdmin(async (client) => {
    const sql = 'select user_id, trail, details from bulkhead.audit_log order by user_id, seq';
    return (await client.query<{ user_id: string; trail: object; details: { count: number } }>(sql)).rows;
  });
const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  action: 'sign_in.refused',
  code: 'sign_in_refused',
  ...more,
});

beforeAll(async () => {
  database = await openTestDatabase();
  const providers = [{ provide: PERSISTENCE_OPTIONS, useValue: database.options }];
  @Module({
    imports: [{ module: class {}, global: true, providers, exports: [PERSISTENCE_OPTIONS] }, AuditModule],
  })
  class Application {}
  const app = await NestFactory.createApplicationContext(Application, { logger: false, abortOnError: false });
  log = app.get(RefusalLog);
  close = () => app.close();
});
afterAll(async () => {
  await close();
  await database.close();
});
beforeEach(() =>
  database.asAdmin((client) => client.query('truncate bulkhead.audit_log, bulkhead.audit_heads')),
);

describe('Refusals', () => {
  it('are written once per kind, into the chain of the user whose account it was', async () => {
    const { userId } = await database.signUp();
    for (let times = 0; times < 3; times += 1) log.note(refusal({ userId, address: '203.0.113.7' }));
    log.note(refusal({ address: '203.0.113.7' }));
    await log.flush();
    const trail = { auditMetadata: { clientIp: '203.0.113.7' } };
    expect(await rows()).toEqual([
      { user_id: SYSTEM_CHAIN, trail, details: { code: 'sign_in_refused', count: 1 } },
      { user_id: userId, trail, details: { code: 'sign_in_refused', count: 3 } },
    ]);
  });

  it('of many accounts from many addresses are told apart by account, however many they are', async () => {
    const attacked = Array.from({ length: 300 }, () => randomUUID());
    for (const userId of attacked) {
      for (let host = 0; host < 3; host += 1) log.note(refusal({ userId, address: `203.0.113.${host}` }));
    }
    await log.flush();
    const perUser = new Map<string, number>();
    for (const { user_id: userId, details } of await rows()) {
      perUser.set(userId, (perUser.get(userId) ?? 0) + details.count);
    }
    expect(perUser).toEqual(new Map(attacked.map((userId) => [userId, 3])));
  });

  it('without an account fill fifty rows and one at most, and lose no count', async () => {
    for (let host = 0; host < 500; host += 1) log.note(refusal({ address: `203.0.113.${host}` }));
    await log.flush();
    const written = await rows();
    expect(written).toHaveLength(51);
    expect(written.reduce((sum, { details }) => sum + details.count, 0)).toBe(500);
  });
});
