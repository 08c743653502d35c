import { dirname, join, posix } from 'node:path';
import { existsSync, readFileSync } from '../workspace/files.ts';
import type { WorkspacePackage } from '../workspace/workspace.ts';

/** What a module's name leads to. */
export interface ImportTarget {
  readonly lib: WorkspacePackage;
  /** The module's name, when it is one of the lib's doors; a deep path has none. */
  readonly door?: string;
  /** The source behind it, from the workspace's root; absent when there is none. */
  readonly file?: string;
}

/** Finds the lib and the file behind any spelling of an import. */
export class ImportTargets {
  readonly #aliases: readonly (readonly [prefix: string, target: string])[];

  constructor(
    private readonly root: string,
    private readonly packages: readonly WorkspacePackage[],
  ) {
    this.#aliases = aliasesOf(root);
  }

  /** @returns undefined for what is not of another project: third parties, and the own files */
  of(importer: string, name: string): ImportTarget | undefined {
    const lib = this.packages.find((it) => name === it.name || name.startsWith(`${it.name}/`));
    if (lib) {
      const door = lib.doors.find(({ module }) => module === name);
      if (door) return { lib, door: name, file: door.file };
      return this.#inside(lib, join(lib.root, name.slice(lib.name.length + 1)));
    }
    const path = this.#pathOf(importer, name);
    const target =
      path === undefined ? undefined : this.packages.find((it) => `${path}/`.startsWith(`${it.root}/`));
    if (!target || path === undefined || importer.startsWith(`${target.root}/`)) return undefined;
    return this.#inside(target, path);
  }

  #pathOf(importer: string, name: string): string | undefined {
    if (name.startsWith('.')) return posix.join(dirname(importer), name);
    if (/^(apps|libs|tools)\//.test(name)) return name;
    const alias = this.#aliases.find(([prefix]) => name.startsWith(prefix));
    return alias && join(alias[1], name.slice(alias[0].length));
  }

  #inside(lib: WorkspacePackage, path: string): ImportTarget {
    const source = path.replace(/\/dist(\/|$)/, '/src$1').replace(/\.d\.ts$|\.[cm]?[jt]s$/, '');
    const file = [
      `${source}.ts`,
      `${source}/index.ts`,
      `${source}/src/index.ts`,
      source.replace(/^(\w+\/[^/]+)\//, '$1/src/') + '.ts',
    ].find((it) => existsSync(join(this.root, it)));
    return file === undefined ? { lib } : { lib, file };
  }
}

/** `paths` of the workspace's tsconfig: what stands before the star, on both sides. */
function aliasesOf(root: string): [string, string][] {
  return ['tsconfig.base.json', 'tsconfig.json'].flatMap((name) => {
    if (!existsSync(join(root, name))) return [];
    const { compilerOptions = {} } = JSON.parse(readFileSync(join(root, name))) as {
      compilerOptions?: { paths?: Record<string, string[]> };
    };
    return Object.entries(compilerOptions.paths ?? {}).map(([from, [to = '']]): [string, string] => [
      from.replace('*', ''),
      posix.normalize(to.replace('*', '')),
    ]);
  });
}
