import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type * as Client from '@bulkhead/client';
import { build } from 'esbuild';
import { WebSocket } from 'undici';
import { newCredentials } from './account.ts';
import { InstalledClient } from './installed-client.ts';
import { answerIn, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';

describe('the client as a package', () => {
  let server: Server;
  let installed: InstalledClient;

  beforeAll(async () => {
    [server, installed] = await Promise.all([Server.start(), InstalledClient.install()]);
  }, 60_000);

  afterAll(async () => {
    await installed?.remove();
    await server?.dispose();
  }, 60_000);

  it('asks for Socket.IO, and nothing else', () => {
    expect(installed.dependencies).toEqual(['socket.io-client']);
  });

  it('lets the program of its README compile for a bundler, declarations checked', async () => {
    expect(await installed.compile(await InstalledClient.example(), 'bundler')).toBe('');
  }, 60_000);

  it('does not let a wrong program compile', async () => {
    const wrong = (await InstalledClient.example()).replace('event.data.text', 'event.data.txt');
    expect(await installed.compile(wrong, 'nodenext')).toContain("'txt' does not exist");
  }, 60_000);

  it('lets it compile for Node, where it does what the README shows, in ten lines', async () => {
    const example = (await InstalledClient.example()).replace('http://127.0.0.1:3000', server.url);
    expect(example.trim().split('\n').slice(2).length).toBeLessThanOrEqual(10);
    expect(await installed.compile(example, 'nodenext')).toBe('');
    expect(await installed.run()).toContain('1591');
  }, 60_000);

  it('runs in a browser: bundled, with what a page has, and without what Node has', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from '@bulkhead/client'`, resolveDir: installed.folder },
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'iife',
      globalName: 'bulkhead',
      absWorkingDir: installed.folder,
      outfile: join(installed.folder, 'page.js'),
    });
    const ofThePage = {
      ...{ fetch, WebSocket, URL, URLSearchParams, AbortController, AbortSignal, TextDecoder },
      ...{ setTimeout, clearTimeout, queueMicrotask, console },
    };
    const page = createContext({ ...ofThePage });
    runInContext('self = window = globalThis;', page);
    runInContext(outputFiles[0]?.text ?? '', page);
    expect(runInContext('typeof process + typeof Buffer + typeof require', page)).toBe('undefined'.repeat(3));
    const { BulkheadClient } = runInContext('bulkhead', page) as typeof Client;
    const client = await BulkheadClient.signUp(server.url, newCredentials());
    const thread = await client.openThread();
    server.defer(() => thread.close());
    await thread.send('What is 37 * 43?');
    expect(answerIn(await untilRunsEnd(thread.events()))).toContain('1591');
  }, 60_000);
});
