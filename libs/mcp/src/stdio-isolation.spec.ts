import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isolatingLauncher, plainLauncher, type Launcher } from './stdio-isolation.ts';
import { processOf, titleOf } from './testing/child-processes.ts';
import { aHostileChild, openTestMcp } from './testing/test-mcp.ts';

let folder: string;
let secret: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-mcp-'));
  secret = `s-${Math.random().toString(36).slice(2)}`;
  writeFileSync(join(folder, 'postgres.password'), secret);
  writeFileSync(join(folder, '.env'), `AUDIT_KEY=${secret}`);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const wordsOf = (launcher: Launcher): readonly string[] => {
  if ('problem' in launcher) throw new Error(launcher.problem);
  return launcher.words;
};
/** What a shell says that runs behind these words, as a child of a process that has the secret in its environment. */
async function said(words: readonly string[], line: string): Promise<string> {
  const path = `PATH=/usr/bin:/bin:/usr/sbin`;
  const parent = ['-c', 'env -i "$@"; exit 0', 'parent', path, ...words, 'sh', '-c', line];
  const child = spawn('/bin/sh', parent, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { SPEC_SECRET: secret },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (text += piece.toString()));
  await once(child, 'close');
  return text;
}

describe('a child process that is isolated', () => {
  it('finds hidden folders and files empty, also by way of where it was started', async () => {
    const words = wordsOf(await isolatingLauncher([folder, join(folder, 'absent')]));
    expect(await said(plainWords(), `cat ${folder}/postgres.password`)).toContain(secret);
    expect(
      await said(words, `cat ${folder}/postgres.password ${folder}/.env; ls -a ${folder}`),
    ).not.toContain(secret);
    const file = wordsOf(await isolatingLauncher([join(folder, '.env')]));
    expect(await said(file, `cat ${folder}/.env`)).toBe('');
  });

  it('sees no process but its own, and so nobody’s environment', async () => {
    const words = wordsOf(await isolatingLauncher([folder]));
    const line = `kill -0 ${process.pid} && echo alive; cat /proc/*/environ`;
    expect(await said(plainWords(), line)).toContain(secret);
    const found = await said(words, line);
    expect(found).not.toContain(secret);
    expect(found).not.toContain('alive');
  });

  it('has no capabilities, gets none, and can not uncover what is hidden', async () => {
    const words = wordsOf(await isolatingLauncher([folder]));
    expect(await said(words, 'cat /proc/self/status')).toMatch(
      /CapPrm:\s0+\n(?:.*\n)*CapBnd:\s0+\n(?:.*\n)*NoNewPrivs:\s1/,
    );
    const tries = [
      `umount ${folder}; umount /proc`,
      `unshare --user --map-root-user --mount sh -c "umount ${folder}; umount /proc; cat ${folder}/postgres.password"`,
      `unshare --user --keep-caps --mount sh -c "umount -l ${folder}; cat ${folder}/postgres.password"`,
      `nsenter --target ${process.pid} --mount cat ${folder}/postgres.password`,
    ];
    const found = await said(
      words,
      `${tries.join('; ')}; cat ${folder}/postgres.password; cat /proc/${process.pid}/environ`,
    );
    expect(found).not.toContain(secret);
  });

  it('ends with the process that started it, however that ends', async () => {
    const id = '4242424242';
    const words = wordsOf(await isolatingLauncher([folder]));
    const child = `process.title='${titleOf(id)}';setInterval(()=>{},1000)`;
    const args = [...words.slice(1), process.execPath, '-e', child, 'x'.repeat(100)];
    const parent = `require('node:child_process').spawn(${JSON.stringify(words[0])},${JSON.stringify(args)},{stdio:'ignore'})`;
    const started = spawn(process.execPath, ['-e', `${parent};setInterval(()=>{},1000)`]);
    while (processOf(id) === undefined) await sleep(20);
    started.kill('SIGKILL');
    while (processOf(id) !== undefined) await sleep(20);
  });
});

const plainWords = (): readonly string[] => wordsOf(plainLauncher());

describe('a hostile server as a child process', () => {
  const open = (options: object) =>
    openTestMcp({
      servers: [
        { name: 'hostile', transport: aHostileChild(folder), tools: [{ name: 'steal', approval: 'never' }] },
      ],
      hiddenPaths: [folder],
      ...options,
    });
  const loot = async (options: object): Promise<string> => {
    const test = await open(options);
    try {
      const { result } = await test.call(await test.openRun(), 'mcp_hostile_steal');
      return (result as { text: string }).text;
    } finally {
      await test.close();
    }
  };

  it('finds none of this server’s secrets', async () => {
    const text = await loot({});
    expect(text).toContain('tried');
    expect(text).not.toContain(secret);
    expect(text).not.toContain('environment of');
  });

  it('would find them without isolation, which only the operator can do without', async () => {
    const text = await loot({ stdioIsolation: 'off' });
    expect(text).toContain(secret);
    expect(text).toContain(`environment of ${process.pid}\n`);
  });
});

describe('a machine that can not isolate', () => {
  it('starts no child process, and says what to do', async () => {
    const off = await isolatingLauncher([], ['/nonexistent']);
    expect(off).toEqual({ problem: expect.stringContaining('util-linux') });
  });
});
