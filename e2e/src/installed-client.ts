import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const project = join(root, 'libs', 'client');

/** The client as a user has it who installed it: packed, in a folder with what it depends on, and nothing else. */
export class InstalledClient {
  private constructor(
    readonly folder: string,
    /** The packages that it asks for. */
    readonly dependencies: readonly string[],
  ) {}

  /** Packs what was built. The dependencies are linked from the workspace, so that no registry is asked. */
  static async install(): Promise<InstalledClient> {
    const folder = await mkdtemp(join(tmpdir(), 'bulkhead-package-'));
    const home = join(folder, 'node_modules', '@bulkhead', 'client');
    await mkdir(home, { recursive: true });
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: project });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    await run('tar', ['-xzf', join(folder, filename), '-C', home, '--strip-components', '1']);
    const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const dependencies = Object.keys(manifest.dependencies);
    for (const name of dependencies) {
      const link = join(folder, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(root, 'node_modules', name), link);
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
    return new InstalledClient(folder, dependencies);
  }

  /** The first program in the README. */
  static async example(): Promise<string> {
    const readme = await readFile(join(project, 'README.md'), 'utf8');
    const [, code] = /```ts\n(import [^]*?)```/.exec(readme) ?? [];
    if (code === undefined) throw new Error('The README has no program.');
    return code;
  }

  /** Compiles a program as strictly as a user may, the package's own declarations included. @returns complaints */
  async compile(code: string, moduleResolution: 'nodenext' | 'bundler'): Promise<string> {
    const compilerOptions = {
      ...{ strict: true, skipLibCheck: false, exactOptionalPropertyTypes: true, types: [] },
      ...{ target: 'es2022', lib: ['es2022', 'dom'], outDir: 'out', moduleResolution },
      module: moduleResolution === 'nodenext' ? 'nodenext' : 'esnext',
    };
    await writeFile(join(this.folder, 'example.ts'), code);
    await writeFile(
      join(this.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['example.ts'] }),
    );
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    return run(process.execPath, [compiler, '-p', this.folder]).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  }

  /** Runs what was compiled. @returns what it wrote */
  async run(): Promise<string> {
    return (await run(process.execPath, [join(this.folder, 'out', 'example.js')])).stdout;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
