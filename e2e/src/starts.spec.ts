import { appendFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child } from './child.ts';
import { WorkingCopy } from './sabotage/working-copy.ts';

/** A cold start compiles everything, on a machine that does it several times at once. */
const TIMEOUT_MS = 400_000;
const READY = /ready.*?(https?:\/\/\S+)/;

let checkout: WorkingCopy;
const children: Child[] = [];
beforeAll(async () => (checkout = await WorkingCopy.of(join(import.meta.dirname, '..', '..'))), TIMEOUT_MS);
afterEach(async () => {
  const left = children.splice(0);
  for (const child of left) if (!child.hasExited) child.kill('SIGTERM');
  await Promise.all(left.map(({ exit }) => exit));
}, TIMEOUT_MS);
afterAll(() => checkout.remove());

function run(script: string, args: readonly string[] = [], environment: Record<string, string> = {}): Child {
  const child = new Child([join('tools', 'workspace', script), ...args], { cwd: checkout.root, environment });
  children.push(child);
  return child;
}
let servers = 0;
const startServer = (): Child =>
  run('start.mjs', [], { PORT: '0', DATA_DIR: join('.data', `server-${(servers += 1)}`), LOG_LEVEL: 'warn' });
const urlOf = async (server: Child): Promise<string> => (await server.untilOutput(READY))[1] ?? '';
const statusOf = async (url: string): Promise<number> => (await fetch(`${url}/health/ready`)).status;

async function removeOutput(): Promise<void> {
  for (const folder of ['apps', 'libs', 'tools']) {
    for (const entry of await readdir(join(checkout.root, folder), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      await rm(join(checkout.root, folder, entry.name, 'dist'), { recursive: true, force: true });
    }
  }
}

describe('commands in one checkout', () => {
  it.each([1, 2])(
    'all come through a cold start at once: two servers, the chat and a build (round %i)',
    async () => {
      await removeOutput();
      const [one, other] = [startServer(), startServer()];
      const others = [run('chat.mjs', ['--help']), run('build.mjs', ['apps/gateway', 'tools/benchmark'])];
      const ends = await Promise.all(others.map(({ exit }) => exit));
      expect(ends.map(({ code }) => code)).toEqual([0, 0]);
      expect(one.output).toMatch(/(?:Building|another process that builds) libs\//);
      const urls = await Promise.all([urlOf(one), urlOf(other)]);
      expect(await Promise.all(urls.map(statusOf))).toEqual([200, 200]);
    },
    TIMEOUT_MS,
  );

  it(
    'leave a running server alone when sources have changed and are built',
    async () => {
      const server = startServer();
      const url = await urlOf(server);
      await appendFile(join(checkout.root, 'libs/errors/src/index.ts'), '\nexport const planted = 1;\n');
      const [chat, next] = [run('chat.mjs', ['--help']), startServer()];
      expect((await chat.exit).code).toBe(0);
      expect(await statusOf(await urlOf(next))).toBe(200);
      expect(await statusOf(url)).toBe(200);
      server.kill('SIGTERM');
      expect((await server.exit).code).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'build nothing that is built',
    async () => {
      await run('build.mjs', ['apps/chat']).exit;
      const chat = run('chat.mjs', ['--help']);
      await chat.exit;
      expect(chat.output).not.toContain('Building');
    },
    TIMEOUT_MS,
  );
});

describe('an .env file', () => {
  const file = () => join(checkout.root, '.env');
  afterEach(() => rm(file(), { force: true }));

  it(
    'counts from its first line on, with a byte order mark and any line ends',
    async () => {
      for (const ends of ['\r\n', '\n', '\r']) {
        await writeFile(file(), `\uFEFF${['LOG_LEVEL=loud', 'PORT=99999', ''].join(ends)}`);
        const server = run('start.mjs');
        expect((await server.exit).code).toBe(1);
        expect(server.output).toMatch(/PORT must[^]*LOG_LEVEL must/);
      }
    },
    TIMEOUT_MS,
  );

  it.each(['utf16le', 'latin1'] as const)('is refused in words when it is %s', async (encoding) => {
    await writeFile(file(), Buffer.from('\uFEFFPORT=0 # für alle\n', encoding));
    const chat = run('chat.mjs', ['--help']);
    expect((await chat.exit).code).toBe(1);
    expect(chat.output).toContain('.env is not UTF-8');
  });

  it('is told which of its names are no settings', async () => {
    await writeFile(file(), 'DEFALT_MODEL=offline\nNODE_OPTIONS=\nPORT=0\n');
    const chat = run('chat.mjs', ['--help']);
    expect((await chat.exit).code).toBe(0);
    expect(chat.output).toContain('.env has names that are no settings: DEFALT_MODEL. See .env.example.');
  });
});
