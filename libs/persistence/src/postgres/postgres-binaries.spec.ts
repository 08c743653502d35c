import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLibrarySymlinks, findPostgresBinaries, launcher } from './postgres-binaries.ts';

describe('the PostgreSQL from npm', () => {
  it('is found for this platform', async () => {
    const { postgres, initdb } = await findPostgresBinaries();
    await expect(Promise.all([access(postgres), access(initdb)])).resolves.toBeDefined();
  });

  it('is never started as root', async () => {
    const words = await launcher();
    expect(words.some((word) => word.endsWith('/unshare'))).toBe(process.getuid?.() === 0);
  });
});

describe('the links between its libraries', () => {
  let packageRoot: string;
  const libraryAt = (name: string) => readFile(join(packageRoot, 'native', 'lib', name), 'utf8');

  beforeEach(async () => {
    packageRoot = await mkdtemp(join(tmpdir(), 'bulkhead-binaries-'));
    await mkdir(join(packageRoot, 'native', 'lib'), { recursive: true });
    await writeFile(join(packageRoot, 'native', 'lib', 'libpq.so.5.18'), 'the library');
    const links = ['libpq.so', 'libpq.so.5'].map((name) => ({
      source: 'native/lib/libpq.so.5.18',
      target: `native/lib/${name}`,
    }));
    await writeFile(join(packageRoot, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  });
  afterEach(() => rm(packageRoot, { recursive: true, force: true }));

  it('are made when npm skipped the install script, and are left alone when they are there', async () => {
    await createLibrarySymlinks(packageRoot);
    await createLibrarySymlinks(packageRoot);
    expect(await Promise.all(['libpq.so', 'libpq.so.5'].map(libraryAt))).toEqual([
      'the library',
      'the library',
    ]);
  });

  it('are completed when only some are missing', async () => {
    await symlink('libpq.so.5.18', join(packageRoot, 'native', 'lib', 'libpq.so'));
    await createLibrarySymlinks(packageRoot);
    expect(await libraryAt('libpq.so.5')).toBe('the library');
  });

  it('are none on a platform whose package lists none', async () => {
    await rm(join(packageRoot, 'native', 'pg-symlinks.json'));
    await expect(createLibrarySymlinks(packageRoot)).resolves.toBeUndefined();
  });
});
