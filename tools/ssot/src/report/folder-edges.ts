import { posix } from 'node:path';

/** Projects whose folders are layers: no two of them may lead to each other, by types neither. */
const LAYERED = ['apps/gateway/src', 'libs/execution/src'];

/**
 * Which folders of the layered projects import which others. The files at a project's root are left out: its module
 * and index stand above all folders, its errors and options below them. So are specs and test doors.
 * @param imports each file's own imports, types included, as paths from the workspace's root
 */
export function folderEdges(
  imports: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const edges = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const from = layerOf(file);
    if (from === undefined || file.endsWith('.spec.ts')) continue;
    for (const target of targets) {
      const to = layerOf(target);
      if (to !== undefined && to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  return edges;
}

/** The folder directly below the project's root; undefined for files at the root, and outside. */
function layerOf(file: string): string | undefined {
  const root = LAYERED.find((candidate) => file.startsWith(`${candidate}/`));
  if (root === undefined) return undefined;
  const [folder = '', ...rest] = posix.relative(root, file).split('/');
  return rest.length === 0 || folder === 'testing' ? undefined : `${root}/${folder}`;
}
