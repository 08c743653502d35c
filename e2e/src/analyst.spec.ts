import { spawn } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { openThread, signUp } from './account.ts';
import { answerIn, ofType, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';

const ROWS = 100_000;
const generator = join(import.meta.dirname, '..', '..', 'tools', 'workspace', 'sample-data.mjs');

/** Sums of a column's group, in whole units: money in millionths. */
interface Sums {
  calls: number;
  cost: bigint;
  tokensIn: number;
  tokensOut: number;
}

let server: Server;
beforeAll(async () => (server = await Server.start()), 60_000);
afterAll(() => server?.dispose(), 60_000);

const sampleData = (rows: number, seed = 1): Readable =>
  spawn(process.execPath, [generator, '--rows', `${rows}`, '--seed', `${seed}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  }).stdout;

async function textOf(stream: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** What the report must say, added up here from the file itself. */
function sumUp(csv: string): Record<'total' | 'model' | 'feature', Map<string, Sums>> {
  const sums = {
    total: new Map<string, Sums>(),
    model: new Map<string, Sums>(),
    feature: new Map<string, Sums>(),
  };
  for (const line of csv.trimEnd().split('\n').slice(1)) {
    const [, model = '', feature = '', tokensIn = '', tokensOut = '', cost = ''] = line.split(',');
    const [whole = '0', part = ''] = cost.split('.');
    const micros = BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0'));
    for (const [group, key] of [
      ['total', ''],
      ['model', model],
      ['feature', feature],
    ] as const) {
      const sum = sums[group].get(key) ?? { calls: 0, cost: 0n, tokensIn: 0, tokensOut: 0 };
      sums[group].set(key, {
        calls: sum.calls + 1,
        cost: sum.cost + micros,
        tokensIn: sum.tokensIn + Number(tokensIn),
        tokensOut: sum.tokensOut + Number(tokensOut),
      });
    }
  }
  return sums;
}

/** Millionths as the report writes them: without zeros at the end. */
const money = (micros: bigint): string =>
  `${Number(`${micros / 1_000_000n}.${`${micros % 1_000_000n}`.padStart(6, '0')}`)}`;

/** The server's process, as its own data folder knows it. */
async function pidOf({ dataDir }: Server): Promise<number> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (folder === dataDir && command.includes('node')) return Number(pid);
  }
  return 0;
}

/** Largest memory the server ever had, in MiB. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

describe(`the analyst, offline, on ${ROWS} rows of usage`, () => {
  it('reports the totals that the file has, by real queries, through its team', async () => {
    const csv = await textOf(sampleData(ROWS));
    const expected = sumUp(csv);
    const account = await signUp(server);
    const token = await account.client.accessToken();
    const begun = performance.now();
    const upload = await fetch(`${server.url}/v1/tables?name=usage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body: csv,
    });
    expect(await upload.json()).toMatchObject({ rowCount: ROWS });
    const uploaded = performance.now();

    const thread = await openThread(server, account);
    await thread.send('Where does the money go, and what should we change?', { agentName: 'analyst' });
    const events = await untilRunsEnd(thread.events());
    const report = answerIn(events);
    console.log(
      `analyst: upload ${Math.round(uploaded - begun)} ms, report ${Math.round(performance.now() - uploaded)} ms, ` +
        `server's peak memory ${await peakMemory(await pidOf(server))} MiB`,
    );

    const [total] = expected.total.values();
    expect(report).toContain(`- Calls: ${total?.calls}\n`);
    expect(report).toContain(`- Cost: ${money(total?.cost ?? 0n)}\n`);
    expect(report).toContain(`- Tokens in: ${total?.tokensIn}\n`);
    expect(report).toContain(`- Tokens out: ${total?.tokensOut}\n`);
    for (const [name, { calls, cost, tokensIn, tokensOut }] of [...expected.model, ...expected.feature]) {
      const row = report.split('\n').find((line) => line.startsWith(`| ${name} |`));
      const cells = (row ?? '').split(' | ').map((cell) => cell.replace(/[| ]/g, ''));
      expect([name, cells[1], cells[2], cells[4], cells[5]]).toEqual(
        [name, calls, money(cost), tokensIn, tokensOut].map(String),
      );
    }
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
    const files = await Promise.all([1, 1, 2].map((seed) => textOf(sampleData(500, seed))));
    expect(files[0]).toBe(files[1]);
    expect(files[0]).not.toBe(files[2]);
    expect(files[0]?.trimEnd().split('\n')).toHaveLength(501);
  });
});
