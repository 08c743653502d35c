import { openThread, signUp } from './account.ts';
import { answerIn, ofType, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';
import { sampleData, wrongLines } from './usage-sample.ts';

/** The evidence suite `analyst` has a hundred times as many, and measures. */
const ROWS = 1_000;

let server: Server;
beforeAll(async () => (server = await Server.start()), 60_000);
afterAll(() => server?.dispose(), 60_000);

describe(`the analyst, offline, on ${ROWS} rows of usage`, () => {
  it('reports the totals that the file has, by real queries, through its team', async () => {
    const csv = await sampleData(ROWS);
    const account = await signUp(server);
    expect(await account.client.uploadTable({ name: 'usage', csv })).toMatchObject({ rowCount: ROWS });
    const thread = await openThread(server, account);
    await thread.send('Where does the money go, and what should we change?', { agentName: 'analyst' });
    const events = await untilRunsEnd(thread.events());
    const report = answerIn(events);
    expect(wrongLines(report, csv)).toEqual([]);
    expect(report).toMatch(/## What to change\n\n1\. Move the \d+ calls of /);
    expect(report).toContain('without a language model');

    const agents = new Set(events.map(({ agentName, operationDepth }) => `${agentName} ${operationDepth}`));
    const team = ['usage_triage', 'usage_data', 'usage_optimisation', 'usage_report'];
    expect([...agents]).toEqual(expect.arrayContaining(['analyst 0', ...team.map((agent) => `${agent} 1`)]));
    const failed = ofType(events, 'tool_completed').filter(({ data }) => data.outcome !== 'succeeded');
    expect(failed).toEqual([]);
  }, 120_000);

  it('says so when there is no table', async () => {
    const thread = await openThread(server, await signUp(server));
    await thread.send('Where does the money go?', { agentName: 'analyst' });
    expect(answerIn(await untilRunsEnd(thread.events()))).toContain('There is no uploaded table');
  });
});

describe('the generator of sample data', () => {
  it('writes the same file for the same seed, and another for another', async () => {
    const files = await Promise.all([1, 1, 2].map((seed) => sampleData(500, seed)));
    expect(files[0]).toBe(files[1]);
    expect(files[0]).not.toBe(files[2]);
    expect(files[0]?.trimEnd().split('\n')).toHaveLength(501);
  });
});
