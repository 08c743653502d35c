import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { patch } from './patched-text.ts';
import type { SabotagedPlace } from './sabotage.ts';

const run = promisify(execFile);
const OWN_SCOPE = '@bulkhead';
/** What commands make in a tree. */
const made = /(?:^|\/)(?:node_modules|dist|\.(?:nx|data|build-\d+|evidence|compliance))$/;

/** The tree as it is now, copied to where it may be damaged. */
export class WorkingCopy {
  private constructor(
    readonly root: string,
    private readonly original: string,
  ) {}

  static async of(original: string): Promise<WorkingCopy> {
    const copy = new WorkingCopy(await mkdtemp(join(tmpdir(), 'bulkhead-sabotage-')), original);
    process.once('exit', copy.#removeNow);
    await copy.#copySources();
    await copy.#linkPackages();
    return copy;
  }

  /** Does work while the places are damaged, and mends them. @throws Error when a place is not found */
  async whileDamaged<R>(places: readonly SabotagedPlace[], work: () => Promise<R>): Promise<R> {
    const mended = new Map<string, string>();
    try {
      for (const place of places) {
        const { file, before, after } = await patch(this.root, place);
        if (!mended.has(file)) mended.set(file, before);
        await writeFile(join(this.root, file), after);
      }
      return await work();
    } finally {
      for (const [file, text] of mended) await writeFile(join(this.root, file), text);
    }
  }

  async remove(): Promise<void> {
    process.off('exit', this.#removeNow);
    await rm(this.root, { recursive: true, force: true });
  }

  /** Also when it is told to stop in the middle. */
  readonly #removeNow = (): void => rmSync(this.root, { recursive: true, force: true });

  /** What git would commit; what is deleted and not yet committed is gone. Of a copy: all of its sources. */
  async #copySources(): Promise<void> {
    if (!existsSync(join(this.original, '.git'))) {
      const filter = (path: string): boolean => !made.test(relative(this.original, path));
      return cp(this.original, this.root, { recursive: true, filter });
    }
    const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const { stdout } = await run('git', list, { cwd: this.original, maxBuffer: 2 ** 26 });
    for (const file of stdout.split('\0').filter((name) => name !== '')) {
      const target = join(this.root, file);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(join(this.original, file), target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  /** The packages are the original's; the workspace's own are the copy's. */
  async #linkPackages(): Promise<void> {
    const [from, to] = [join(this.original, 'node_modules'), join(this.root, 'node_modules')];
    await mkdir(join(to, OWN_SCOPE), { recursive: true });
    for (const name of await readdir(from)) {
      if (name !== OWN_SCOPE) await symlink(join(from, name), join(to, name));
    }
    for (const folder of ['apps', 'libs', 'tools']) {
      for (const name of await readdir(join(this.root, folder))) {
        const target = relative(join(to, OWN_SCOPE), join(this.root, folder, name));
        await symlink(target, join(to, OWN_SCOPE, name));
      }
    }
  }
}
