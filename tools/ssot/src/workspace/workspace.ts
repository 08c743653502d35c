import { existsSync, globSync, readFileSync } from './files.ts';
import { dirname, join } from 'node:path';
import { Owners } from './owners.ts';

/** A package of the workspace. */
export interface WorkspacePackage {
  /** As imports write it, e.g. `@bulkhead/events`. */
  readonly name: string;
  /** Its folder, from the workspace's root. */
  readonly root: string;
  readonly layer: string;
  readonly scope: string;
  readonly owner: string;
  /** What others may import: the module's name and the source file behind it, from the workspace's root. */
  readonly doors: readonly Door[];
}

export interface Door {
  readonly module: string;
  readonly file: string;
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly nx?: { readonly tags?: readonly string[] };
}

/** Every package below `root`, sorted by name. */
export function readWorkspace(root: string): readonly WorkspacePackage[] {
  const codeowners = join(root, 'CODEOWNERS');
  const owners = new Owners(existsSync(codeowners) ? readFileSync(codeowners) : '');
  return globSync(root, [
    'apps/*/package.json',
    'libs/*/package.json',
    'tools/*/package.json',
    'e2e/package.json',
  ])
    .map((file) => packageOf(dirname(file), JSON.parse(readFileSync(join(root, file))) as Manifest, owners))
    .sort((a, b) => compare(a.name, b.name));
}

function packageOf(folder: string, { name, exports = {}, nx }: Manifest, owners: Owners): WorkspacePackage {
  const tag = (dimension: string): string =>
    nx?.tags?.find((it) => it.startsWith(`${dimension}:`))?.slice(dimension.length + 1) ?? 'none';
  const doors = Object.entries(exports)
    .filter(([door]) => !door.includes('*'))
    .map(([door, target]) => ({
      module: join(name, door),
      file: join(
        folder,
        typeof target === 'string' ? target : (target['@bulkhead/source'] ?? target['default'] ?? ''),
      ),
    }));
  return {
    name,
    root: folder,
    layer: tag('layer'),
    scope: tag('scope'),
    owner: owners.of(`${folder}/`),
    doors,
  };
}

/** The same order on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
