import { randomUUID } from 'node:crypto';
import { Injectable, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, AuditReader, AuditVerifier } from '@bulkhead/audit';
import { EventRouter, EventsModule, type ThreadEvent } from '@bulkhead/events';
import { PERSISTENCE_OPTIONS, UserTransactions, type PersistenceOptions } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import { AuthorizedToolCall } from '@bulkhead/tools';
import {
  assertOwnedBy,
  ContextIsolationError,
  IsolationMonitor,
  UserContextModule,
  ScopeRunner,
  type UserContextScope,
  type UserExecutionContext,
} from '@bulkhead/user-context';
import { aContext, aLookAlike } from '@bulkhead/user-context/testing';
import { AdminAuditController } from '../audit/admin-audit.controller.ts';
import { AuditQuery, type AuditEntryDto } from '../audit/audit.dto.ts';
import { IsolationAlerts } from './isolation-alerts.service.ts';

@Injectable({ scope: Scope.REQUEST })
class Work {}

/** A server that plants nothing and tells of everything. */
function applicationOn(options: PersistenceOptions) {
  const providers = [{ provide: PERSISTENCE_OPTIONS, useValue: options }];
  @Module({})
  class Configuration {}
  @Module({
    imports: [
      { module: Configuration, global: true, providers, exports: providers },
      UserContextModule,
      AuditModule,
      EventsModule,
    ],
    providers: [IsolationAlerts, Work],
  })
  class Application {}
  return NestFactory.createApplicationContext(Application, { logger: false, abortOnError: false });
}

let test: TestDatabase;
let app: Awaited<ReturnType<typeof applicationOn>>;
let ada: UserExecutionContext;
let ben: UserExecutionContext;

beforeAll(async () => {
  test = await openTestDatabase();
  app = await applicationOn(test.options);
});
afterAll(async () => {
  await app.close();
  await test.close();
});
beforeEach(async () => {
  [ada, ben] = [aContext(await test.signUp()).build(), aContext(await test.signUp()).build()];
});

/** What an administrator is shown of somebody. */
async function incidentsOf({ userId }: UserExecutionContext): Promise<readonly AuditEntryDto[]> {
  const controller = new AdminAuditController(app.get(AuditReader, { strict: false }));
  const query = Object.assign(new AuditQuery(), { userId, action: 'isolation.violated', limit: 10 });
  return (await controller.list(query)).items;
}

/** The record is written beside the refusal, not before it. */
async function untilIncident(context: UserExecutionContext): Promise<readonly AuditEntryDto[]> {
  for (;;) {
    const incidents = await incidentsOf(context);
    if (incidents.length > 0) return incidents;
  }
}

const anEventOf = ({ threadId, runId, requestId }: UserExecutionContext): ThreadEvent => ({
  ...{ eventId: randomUUID(), threadId, runId, requestId, seq: 1, agentName: 'assistant', operationDepth: 0 },
  at: '2026-01-31T12:00:00.000Z',
  type: 'message_delta',
  data: { step: 1, text: 'for Ben alone' },
});
const transactions = () => app.get(UserTransactions, { strict: false });
const router = () => app.get(EventRouter, { strict: false });

describe('What crosses users', () => {
  it.each<[string, () => unknown]>([
    [
      'a query in the name of another',
      () => transactions().run(aLookAlike(ben) as never, () => Promise.resolve('theirs')),
    ],
    [
      'a statement in the name of another',
      () => transactions().statement(aLookAlike(ben) as never, () => 'select 1'),
    ],
    ["another's event, sent as one's own", () => router().publish(ada, [anEventOf(ben)])],
    [
      'an event sent in the name of another',
      () => router().publish(aLookAlike(ben) as never, [anEventOf(ben)]),
    ],
    [
      'listening in the name of another',
      () => router().subscribe(aLookAlike(ben) as never, ben.threadId, () => undefined),
    ],
    [
      'a tool call that nobody has authorised',
      () => AuthorizedToolCall.verify(Object.create(AuthorizedToolCall.prototype)),
    ],
    ["a thing of another's", () => assertOwnedBy(ada, ben.userId, 'A permission')],
  ])('is refused, ends its scope, is counted, and is shown to administrators: %s', async (_what, plant) => {
    const scopes = app.get(ScopeRunner);
    const monitor = app.get(IsolationMonitor);
    const before = monitor.count;
    const heard: unknown[] = [];
    const stop = router().subscribe(ben, ben.threadId, (news) => heard.push(news));
    let opened: UserContextScope | undefined;
    const planted = scopes.run(ada, Work, async (_work, scope) => {
      opened = scope;
      await plant();
    });
    await expect(planted).rejects.toThrow(ContextIsolationError);
    stop();
    expect({ isClosed: opened?.isClosed, open: scopes.liveCount, heard }).toEqual({
      isClosed: true,
      open: 0,
      heard: [],
    });
    expect(monitor.count).toBe(before + 1);
    expect(await untilIncident(ada)).toMatchObject([
      { userId: ada.userId, action: 'isolation.violated', trail: { runId: ada.runId } },
    ]);
    expect(await incidentsOf(ben)).toEqual([]);
    expect((await app.get(AuditVerifier, { strict: false }).verify()).findings).toEqual([]);
  });

  it('ends the scope that it happened in, and no other', async () => {
    const scopes = app.get(ScopeRunner);
    await scopes.run(ben, Work, async (_work, bens) => {
      const planted = scopes.run(ada, Work, () => Promise.reject(new ContextIsolationError('planted')));
      await expect(planted).rejects.toThrow('planted');
      expect({ isClosed: bens.isClosed, open: scopes.liveCount }).toEqual({ isClosed: false, open: 1 });
    });
    await untilIncident(ada);
  });
});
