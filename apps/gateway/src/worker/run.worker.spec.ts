import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConsoleLogger } from '@nestjs/common';
import { TERMINAL_EVENT_TYPES, ThreadReader, type ThreadEvent } from '@bulkhead/events';
import type { SignedIn } from '@bulkhead/auth';
import { accounts, AccountTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext, anIdentity } from '@bulkhead/user-context/testing';
import { loadConfig } from '../config/gateway.config.ts';
import { createServer } from '../server.ts';

let app: NestFastifyApplication;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-worker-'));
  const config = loadConfig({ DATA_DIR: dataDir, RUNS_PER_USER: '1', PORT: '0' });
  app = await createServer(config, new ConsoleLogger({ logLevels: ['fatal'] }));
  await app.init();
});
afterAll(async () => {
  await app.close();
  await rm(dataDir, { recursive: true, force: true });
});

const post = async <Body>(url: string, payload: object, accessToken?: string): Promise<Body> => {
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return (await app.inject({ method: 'POST', url, headers, payload })).json<Body>();
};

/** The thread's events until `isEnough`. */
async function readUntil(
  context: UserExecutionContext,
  isEnough: (events: readonly ThreadEvent[]) => boolean,
): Promise<ThreadEvent[]> {
  const stop = new AbortController();
  const options = { threadId: context.threadId, afterSeq: 0, signal: stop.signal };
  const events: ThreadEvent[] = [];
  for await (const batch of app.get(ThreadReader, { strict: false }).read(context, options)) {
    events.push(...batch);
    if (isEnough(events)) stop.abort();
  }
  return events;
}

describe('a run whose account is disabled before its turn', () => {
  it('ends with a clear reason, executes nothing, and holds up nobody', async () => {
    const { user, accessToken } = await post<SignedIn>('/v1/auth/sign-up', {
      email: 'ada@bulkhead.example',
      password: 'correct horse battery',
    });
    const { threadId } = await post<{ threadId: string }>('/v1/threads', {}, accessToken);
    const messages = `/v1/threads/${threadId}/messages`;
    const first = await post<{ runId: string }>(messages, { content: '/sleep 1000' }, accessToken);
    const second = await post<{ runId: string }>(messages, { content: '/say 3' }, accessToken);
    const context = aContext(anIdentity({ userId: user.userId }))
      .on({ threadId })
      .build();
    await readUntil(context, (events) => events.some(({ type }) => type === 'agent_thinking'));
    await app
      .get(AccountTransactions, { strict: false })
      .run((db) => db.update(accounts).set({ disabledAt: new Date() }));

    const hasEnded = ({ type }: ThreadEvent): boolean => TERMINAL_EVENT_TYPES.has(type);
    const events = await readUntil(context, (seen) => seen.filter(hasEnded).length === 2);
    const eventsOf = (runId: string) => events.filter((event) => event.runId === runId);
    expect(eventsOf(first.runId).at(-1)?.type).toBe('agent_completed');
    expect(eventsOf(second.runId).map(({ type }) => type)).toEqual(['run_queued', 'agent_failed']);
    expect(eventsOf(second.runId).at(-1)?.data).toMatchObject({ problem: { code: 'run_not_permitted' } });
  });
});
