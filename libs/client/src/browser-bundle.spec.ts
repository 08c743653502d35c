import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildResult } from 'esbuild';

const MAX_GZIP_BYTES = 20 * 1024;

/** The client, as a page would bundle it. */
const bundle = (): Promise<BuildResult<{ metafile: true; write: false }>> =>
  build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    conditions: ['@bulkhead/source'],
    logLevel: 'silent',
  });

describe('the bundle for browsers', () => {
  it('needs nothing of Node, and nothing that is not in it', async () => {
    const { errors, metafile } = await bundle();
    expect(errors).toEqual([]);
    const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
    expect(imports).toEqual([]);
  });

  it('holds this lib and Socket.IO, and nothing else', async () => {
    const { metafile } = await bundle();
    const packages = Object.keys(metafile.inputs).map(
      (path) => /(?:node_modules|libs)\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
    );
    const socketIo = ['socket.io-client', 'socket.io-parser', 'engine.io-client', 'engine.io-parser'];
    const theirs = ['@socket.io/component-emitter', 'debug', 'ms'];
    expect([...socketIo, ...theirs, 'client']).toEqual(expect.arrayContaining([...new Set(packages)]));
  });

  it(`takes at most ${MAX_GZIP_BYTES} bytes, compressed`, async () => {
    const [output] = (await bundle()).outputFiles;
    const bytes = gzipSync(output?.contents ?? '').length;
    process.stdout.write(`@bulkhead/client in a browser: ${bytes} bytes compressed\n`);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
  });
});
