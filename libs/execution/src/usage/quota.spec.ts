import { randomUUID } from 'node:crypto';
import { ResourceNotFoundError } from '@bulkhead/errors';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { QuotaExceededError } from '../execution.errors.ts';
import { QuotaAdministration } from './quota-administration.service.ts';
import { assertLeft, quotasIn, type QuotaRow, type Quotas } from './quota.ts';
import { openTestExecution, StoredSteps, type TestExecution, type TestNode } from '../testing/index.ts';
import { UsageRecorder } from './usage-recorder.service.ts';
import { UsageOverview } from './usage-overview.service.ts';
import { UserQuota } from './user-quota.service.ts';

const assistant = { name: 'assistant', description: '-', instructions: '-', tools: [] };
const none: Quotas = { tokensPerDay: null, tokensPerMonth: null, costPerDay: null, costPerMonth: null };
const day = new Date().toISOString().slice(0, 10);

let test: TestExecution;
let node: TestNode;
let admin: Identity;
let ada: Identity;
beforeAll(async () => {
  test = await openTestExecution({ agents: [assistant] });
  const modelPrices = { 'x:dear': { input: '1000', output: '1000' } };
  node = await test.startNode({ quotas: { tokensPerDay: 100 }, modelPrices });
  admin = await test.signUp();
});
beforeEach(async () => (ada = await test.signUp()));
afterAll(() => test.close());

const use = (context: UserExecutionContext, tokens: number, model = 'x:free') =>
  node.inScope(context, UsageRecorder, (ledger) => {
    ledger.record({
      ...{ key: randomUUID(), agentName: 'assistant', model, outcome: 'completed' },
      usage: { inputTokens: tokens, outputTokens: 0, isEstimated: false },
    });
    return Promise.resolve();
  });
const acting = () => aContext(admin).build();
const setOwn = (own: Partial<Quotas>) =>
  node.get(QuotaAdministration).set(acting(), ada.userId, { ...none, ...own });
const listOf = (context: UserExecutionContext) => node.inScope(context, UserQuota, (quota) => quota.list());

describe('a quota', () => {
  it('counts what its user used today, until midnight UTC, and nobody else', async () => {
    const context = await test.openRun(ada, 'Hello');
    await use(await test.openRun(await test.signUp(), 'Hello'), 99);
    await use(context, 40);
    const [quota] = await listOf(context);
    expect(quota).toMatchObject({ quota: 'tokens_per_day', limit: '100', used: '40' });
    expect(quota?.resetsAt).toMatch(/T00:00:00.000Z$/);
  });

  it('that is used up ends a run before its next model call, and says until when', async () => {
    const context = await test.openRun(ada, 'Hello');
    await use(context, 100);
    await node.execute(context, 'assistant', new StoredSteps());
    const { state, error, steps } = await node.runOf(context);
    expect([state, steps]).toEqual(['failed', 1]);
    expect(error).toMatchObject({
      ...{ code: 'quota_exceeded', status: 429, reason: 'tokens_per_day', limit: 100, current: 100 },
      ...{ resetsAt: expect.stringMatching(/T00:00:00.000Z$/), retryAfterSeconds: expect.any(Number) },
    });
    expect((await node.eventsOf(context)).filter(({ type }) => type === 'message_delta')).toEqual([]);
  });

  it('that is used up refuses messages, and stores nothing', async () => {
    await use(await test.openRun(ada, 'Hello'), 100);
    const context = await test.openThread(ada);
    await expect(node.send(context, 'Hello')).rejects.toThrow(QuotaExceededError);
    expect(await node.eventsOf(context)).toEqual([]);
  });

  it("of the user's own takes the place of the configured one", async () => {
    const context = await test.openRun(ada, 'Hello');
    await use(context, 100);
    expect(await setOwn({ tokensPerDay: 1_000 })).toMatchObject({
      own: { ...none, tokensPerDay: 1_000 },
      inForce: { tokensPerDay: 1_000, costPerDay: null },
    });
    await node.execute(context, 'assistant', new StoredSteps());
    expect(await node.runOf(context)).toMatchObject({ state: 'completed' });
    expect(await setOwn({})).toMatchObject({ own: none, inForce: { tokensPerDay: 100 } });
  });

  it('of cost counts what has a price, to the billionth', async () => {
    const context = await test.openRun(ada, 'Hello');
    await setOwn({ costPerMonth: '0.05', tokensPerDay: 1_000_000 });
    await use(context, 49, 'x:dear');
    await use(context, 10_000, 'x:free');
    const costs = async () => (await listOf(context)).find(({ quota }) => quota === 'cost_per_month');
    expect(await costs()).toMatchObject({ limit: '0.05', used: '0.049' });
    await use(context, 1, 'x:dear');
    expect(await costs()).toMatchObject({ used: '0.05' });
    await expect(node.send(await test.openThread(ada), 'Hello')).rejects.toMatchObject({
      details: { reason: 'cost_per_month' },
    });
  });

  it('that is set is written down whole, with who set it and from where', async () => {
    const auditMetadata = { clientIp: '203.0.113.7', userAgent: 'curl/8' };
    const actor = aContext(admin).with({ auditMetadata }).build();
    await node
      .get(QuotaAdministration)
      .set(actor, ada.userId, { ...none, tokensPerDay: 7, costPerDay: '1.5' });
    const { rows } = await test.database.asAdmin((client) =>
      client.query<{ details: object; trail: object }>(
        `select details, trail from bulkhead.audit_log where user_id = $1 order by seq desc limit 1`,
        [admin.userId],
      ),
    );
    const limits = { tokens_per_day: 7, tokens_per_month: null, cost_per_day: '1.5', cost_per_month: null };
    const quotas = Object.entries(limits).map(([quota, limit]) => ({ quota, limit }));
    expect(rows).toEqual([
      {
        details: { act: 'quotas.changed', userId: ada.userId, quotas },
        trail: { requestId: actor.requestId, auditMetadata },
      },
    ]);
  });

  it('of nobody is not found', async () => {
    const quotas = node.get(QuotaAdministration);
    await expect(quotas.get(randomUUID())).rejects.toThrow(ResourceNotFoundError);
    await expect(quotas.set(acting(), randomUUID(), none)).rejects.toThrow(ResourceNotFoundError);
  });

  it('begins anew with the day or the month of UTC; the latest of several is told', () => {
    const now = new Date('2026-12-31T23:59:30.000Z');
    const row: QuotaRow = {
      ...{ tokens_per_day_limit: '5', tokens_per_day_used: '7', tokens_per_month_limit: '9' },
      ...{ tokens_per_month_used: null, cost_per_day_limit: null, cost_per_day_used: null },
      ...{ cost_per_month_limit: '0', cost_per_month_used: '0' },
    };
    const quotas = quotasIn(row, now);
    expect(quotas.map(({ resetsAt }) => resetsAt)).toEqual(Array(3).fill('2027-01-01T00:00:00.000Z'));
    expect(() => assertLeft(quotas, now)).toThrow('2027-01-01T00:00:00.000Z');
    expect(() =>
      assertLeft(
        quotas.filter(({ quota }) => quota === 'tokens_per_month'),
        now,
      ),
    ).not.toThrow();
  });
});

describe('the totals that an administrator sees', () => {
  it('add up what everybody used, by day, user, agent or model', async () => {
    const [one, two] = [await test.openRun(ada, 'Hello'), await test.openRun(await test.signUp(), 'Hello')];
    await use(one, 10, 'x:mine');
    await use(one, 5, 'x:mine');
    await use(two, 7, 'x:mine');
    const overview = node.get(UsageOverview);
    const byModel = await overview.totals(day, day, 'model');
    expect(byModel.find(({ key }) => key === 'x:mine')).toEqual({
      ...{ key: 'x:mine', modelCalls: 3, inputTokens: 22, outputTokens: 0 },
      ...{ cost: '0', estimatedCalls: 0, unpricedCalls: 3 },
    });
    expect(await overview.totals(day, day, 'user', ada.userId)).toEqual([
      expect.objectContaining({ key: ada.userId, modelCalls: 2, inputTokens: 15 }),
    ]);
    expect(await overview.totals(day, day, 'day', ada.userId)).toEqual([
      expect.objectContaining({ key: day, inputTokens: 15 }),
    ]);
    expect(await overview.totals('2020-01-01', '2020-12-31', 'agent')).toEqual([]);
  });
});
