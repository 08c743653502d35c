import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type ThreadEvent } from '@bulkhead/client';
import { signUp, type Account } from '../account.ts';
import { probe } from '../http-probe.ts';
import { untilRunsEnd } from '../run-events.ts';
import { Server } from '../server.ts';
import { randomOf } from './bad-request-generator.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { ExternalTools } from './external-tools.ts';
import { sendOddFrames } from './hostile-sockets.ts';
import { inspectable } from './inspected-heap.ts';
import { mutated, type Random } from './mutations.ts';
import { MutatingProxy, startPages } from './mutating-servers.ts';
import { ScriptedProvider, type ModelRequest, type ScriptedReply } from './scripted-provider.ts';
import { WatchedLoop } from './watched-loop.ts';

const SECONDS = { short: 40, long: 1_800 };
/** Longest that the loop may be kept by the server's own work. */
const BLOCKED_TARGET_MS = 250;
/** More than any run may take here: every wait of the server has a shorter limit. */
const RUN_LIMIT_MS = 60_000;
const PAUSE_MS = 20;

const files: readonly string[] = [
  'date,model,calls,cost\n2026-01-01,a,10,1.50\n2026-01-02,b,20,2.25\n2026-01-03,a,30,3.75\n',
  'name;price;note\r\n"a;b";"1.234,50";"says ""hi"""\r\nc;2,5;\r\n;;\r\n',
  '\ufeffid\tvalue\n1\tN/A\n2\tx\n',
];

export const hostileBorders: EvidenceSuite = {
  name: 'hostile-borders',
  promise:
    'Whatever comes over a border, the server lives, its event loop goes on, and no neighbour notices.',
  tried:
    'Recorded streams of models, answers of external tools, web pages, CSV files and socket frames arrive with random damage, all at the same time, while neighbours have their runs; the event loop is measured from inside.',
  async run(evidence) {
    const seed = evidence.long ? Date.now() % 1e9 : 1;
    evidence.figure('seed', seed);
    const stage = await Stage.open(evidence, seed);
    const end = performance.now() + (evidence.long ? SECONDS.long : SECONDS.short) * 1_000;
    const isOver = (): boolean => performance.now() >= end;
    const random = (part: number): Random => randomOf(seed + part);

    const [runs, uploads, frames, neighbours] = await Promise.all([
      Promise.all(['stream', 'tool', 'page'].map((kind) => stage.runUntil(kind, isOver))),
      uploadUntil(evidence, stage.server, random(1), isOver),
      stage.sendFramesUntil(random(2), isOver),
      Promise.all([1, 2].map((factor) => askUntil(stage.server, factor, isOver))),
    ]);

    const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
    evidence.figure(
      'runs / uploads / frames',
      `${sum(runs.map(({ ended }) => ended))} / ${uploads.sent} / ${frames}`,
    );
    const stuck = sum(runs.map((kind) => kind.stuck));
    evidence.check('every run comes to an end', stuck === 0, `${stuck} did not`);
    evidence.check(
      'no upload is a failure of the server',
      uploads.failed === 0,
      `${uploads.failed} of ${uploads.sent}`,
    );
    const asked = sum(neighbours.map((each) => each.asked));
    const lost = sum(neighbours.map((each) => each.lost));
    evidence.check("no neighbour's run is lost", asked > 0 && lost === 0, `${lost} of ${asked}`);
    await stage.judgeServer(evidence);
  },
};

/** The server, and what stands around it. */
class Stage {
  private constructor(
    readonly server: Server,
    private readonly pages: string,
    private readonly loop: WatchedLoop,
  ) {}

  static async open(evidence: Evidence, seed: number): Promise<Stage> {
    const [model, page, proxy] = [randomOf(seed + 3), randomOf(seed + 4), randomOf(seed + 5)];
    const provider: ScriptedProvider = new ScriptedProvider((request) =>
      request.question.startsWith('stream ') ? oddStream(provider.recordings, model) : useTool(request),
    );
    const tools = new ExternalTools();
    const pages = await startPages(page);
    const mcp = new MutatingProxy(await tools.listen(), proxy);
    const url = await mcp.listen();
    const settings = await provider.listen();
    for (const each of [provider, tools, pages, mcp]) evidence.defer(() => each.close());
    const server = await Server.start({
      ...inspectable,
      ...settings,
      DEFAULT_MODEL: 'openai-compatible:hostile',
      AGENT_MODELS: 'mathematician=offline',
      WEB_FETCH_ALLOWED_HOSTS: pages.host,
      MCP_SERVERS: JSON.stringify([
        { name: 'web', transport: { kind: 'http', url }, tools: ['echo'], timeoutMs: 5_000 },
      ]),
      APPROVAL_TIMEOUT_SECONDS: '1',
    });
    evidence.defer(() => server.dispose());
    mcp.isOdd = true;
    const loop = await WatchedLoop.of(server);
    evidence.defer(() => loop.close());
    return new Stage(server, pages.host, loop);
  }

  /** Has one user ask for the same kind of thing, in a thread for each run. */
  async runUntil(kind: string, isOver: () => boolean): Promise<{ ended: number; stuck: number }> {
    const account = await signUp(this.server);
    const counts = { ended: 0, stuck: 0 };
    while (!isOver()) {
      const events = await run(account, `${kind} http://${this.pages}/${counts.ended}`);
      counts[events.length > 0 ? 'ended' : 'stuck'] += 1;
      await sleep(PAUSE_MS);
    }
    return counts;
  }

  async sendFramesUntil(random: Random, isOver: () => boolean): Promise<number> {
    const { client } = await signUp(this.server);
    const { threadId } = await client.createThread();
    return sendOddFrames(this.server, { token: await client.accessToken(), threadId }, random, isOver);
  }

  async judgeServer(evidence: Evidence): Promise<void> {
    const { status } = await probe(this.server.url, { path: '/health/ready' }).catch(() => ({ status: 0 }));
    evidence.check('the server is ready afterwards', status === 200, status);
    if (status === 0) evidence.log(`the server is gone: ${this.server.output.slice(-3_000)}`);
    if (status === 0) return;
    const { longest, waited, over } = await this.loop.times();
    evidence.figure('the event loop came late at most', `${Math.round(waited)} ms`);
    evidence.target(
      `the server's work never keeps its event loop for more than ${BLOCKED_TARGET_MS} ms`,
      longest <= BLOCKED_TARGET_MS,
      `longest ${Math.round(longest)} ms, ${over} times over`,
    );
    const crashes = this.server.output.match(/uncaught|unhandled/gi)?.length ?? 0;
    evidence.check('no error escaped', crashes === 0, crashes);
  }
}

/** A recorded stream with damage in about half of its frames. */
function oddStream(recordings: readonly (readonly string[])[], random: Random): ScriptedReply {
  const frames = recordings[random(recordings.length)] ?? [];
  return { frames: frames.map((frame) => (random(2) === 0 ? mutated(frame, random) : frame)) };
}

/** Has the model read a page or call the external tool, once, as the question says. */
function useTool({ question, step, offered }: ModelRequest): ScriptedReply {
  const [kind, url = ''] = question.split(' ');
  const tool = kind === 'page' ? 'web_fetch' : 'mcp_web_echo';
  if (step > 0 || !offered.includes(tool)) return { text: 'Done.' };
  const args = kind === 'page' ? { url } : { said: url, delayMs: 0 };
  return { calls: [{ name: tool, arguments: JSON.stringify(args) }] };
}

/** A run in a thread of its own. @returns its events, or nothing when it isn't begun or doesn't end in time */
async function run(
  account: Account,
  content: string,
  options: { agentName?: string } = {},
): Promise<ThreadEvent[]> {
  const timeout = sleep(RUN_LIMIT_MS, [], { ref: false });
  const ending = async (): Promise<ThreadEvent[]> => {
    const thread = await account.client.openThread();
    try {
      await thread.send(content, options);
      return await untilRunsEnd(thread.events());
    } finally {
      await thread.close();
    }
  };
  return Promise.race([ending().catch(() => []), timeout]);
}

const csv = { 'content-type': 'text/csv' };

async function uploadUntil(
  evidence: Evidence,
  server: Server,
  random: Random,
  isOver: () => boolean,
): Promise<{ sent: number; failed: number }> {
  const { client } = await signUp(server);
  const token = await client.accessToken();
  const counts = { sent: 0, failed: 0 };
  while (!isOver()) {
    const body = mutated(files[random(files.length)]!, random);
    const request = { method: 'POST', path: `/v1/tables?name=t${counts.sent}`, headers: csv, body, token };
    const { status, text } = await probe(server.url, request).catch((error: Error) => ({
      status: 599,
      text: `${error.message} ${(error.cause as Error | undefined)?.message}`,
    }));
    counts.sent += 1;
    if (status >= 500) {
      counts.failed += 1;
      if (counts.failed <= 3)
        evidence.log(`upload ${counts.sent} of ${body.length} characters: ${status} ${text.slice(0, 300)}`);
    }
    if (status === 201) await client.deleteTable((JSON.parse(text) as { tableId: string }).tableId);
    await sleep(PAUSE_MS);
  }
  return counts;
}

/** A neighbour, whose model is another one, asks sums the whole time. */
async function askUntil(
  server: Server,
  factor: number,
  isOver: () => boolean,
): Promise<{ asked: number; lost: number }> {
  const account = await signUp(server);
  const counts = { asked: 0, lost: 0 };
  while (!isOver()) {
    counts.asked += 1;
    const sum = counts.asked * factor;
    const events = await run(account, `What is ${sum} + 1?`, { agentName: 'mathematician' });
    if (!JSON.stringify(events.findLast(isTerminal) ?? '').includes(`${sum} + 1 = ${sum + 1}`))
      counts.lost += 1;
    await sleep(PAUSE_MS);
  }
  return counts;
}
