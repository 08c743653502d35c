import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { openThread, signUp, type Account } from './account.ts';
import { processesIn } from './processes.ts';
import { Server } from './server.ts';

/** How long a request may take while the database is away, with a margin for a busy machine. */
const ANSWER_MS = 15_000;

let server: Server;
let ada: Account;
beforeAll(async () => {
  server = await Server.start();
  ada = await signUp(server);
}, 120_000);
afterAll(() => server.dispose());

/** The processes of the server's own PostgreSQL. */
const postgresProcesses = async (): Promise<string[]> =>
  (await processesIn(server.dataDir))
    .filter((line) => line.includes('postgres'))
    .map((line) => line.split(' ')[0]!);
const signalAll = async (signal: 'STOP' | 'CONT' | 'KILL'): Promise<void> => {
  for (const pid of await postgresProcesses()) execFileSync('kill', [`-${signal}`, pid]);
};
/** What the server answers to a request that needs the database. */
async function answer(): Promise<{ status: number; retryAfter: string | null }> {
  const response = await fetch(`${server.url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS) });
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}
async function untilReady(): Promise<void> {
  while ((await answer()).status !== 200) await delay(100);
}

describe.each([
  ['frozen', () => signalAll('STOP'), () => signalAll('CONT')],
  ['killed', () => signalAll('KILL'), () => Promise.resolve()],
])('a database that is %s under load', (_how, take, giveBack) => {
  it('makes requests answer 503 with Retry-After, ends nothing, and loses nothing', async () => {
    const thread = await openThread(server, ada);
    const sent = await Promise.all([thread.send('/sleep 1500'), thread.send('/say 40')]);
    await take();
    const answers = await Promise.all(Array.from({ length: 20 }, answer));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(answers.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    await delay(2_000);
    await giveBack();
    await untilReady();
    for (const { runId } of sent) {
      while ((await ada.client.run(runId)).finishedAt === undefined) await delay(100);
      expect((await ada.client.run(runId)).state).toBe('completed');
    }
    const events = await ada.client.events(thread.threadId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((__, index) => index + 1));
  }, 120_000);
});
