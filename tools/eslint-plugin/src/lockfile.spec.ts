import { readFileSync } from 'node:fs';
import { gte } from 'semver';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly integrity?: string; readonly link?: boolean }>
  >;
}

const lockfile = JSON.parse(
  readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'),
) as Lockfile;

/** Every installed version of a package, however deep. */
const versionsOf = (name: string): string[] =>
  Object.entries(lockfile.packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, { version = '0.0.0' }]) => version);

describe('the lockfile', () => {
  // Below these, a frame or an upload can crash the server or exhaust its memory.
  it.each([
    ['socket.io-parser', '4.2.7'],
    ['engine.io', '6.6.7'],
    ['ws', '8.21.0'],
    ['multer', '2.3.0'],
  ])('holds no %s older than %s', (name, floor) => {
    expect(versionsOf(name).filter((version) => !gte(version, floor))).toEqual([]);
  });

  it.each([
    'socket.io',
    'socket.io-parser',
    'engine.io',
    '@nestjs/core',
    '@nestjs/common',
    'reflect-metadata',
    'pg',
  ])('holds one copy of %s', (name) => {
    expect(versionsOf(name)).toHaveLength(1);
  });

  it('pins every package by its hash', () => {
    const unpinned = Object.entries(lockfile.packages)
      .filter(([path, { link, integrity }]) => path.includes('node_modules/') && !link && !integrity)
      .map(([path]) => path);
    expect(unpinned).toEqual([]);
  });
});
