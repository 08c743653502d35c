import { existsSync, readdirSync, readFileSync as read, type Dirent } from 'node:fs';
import { join, relative } from 'node:path';

export { existsSync };

export const readFileSync = (file: string): string => read(file, 'utf8');

const passedOver = /^(node_modules|dist|coverage|\..*)$/;

/** Every file below `root`/`folder`, from `root`, without what tools wrote; none when there is no such folder. */
export function filesBelow(root: string, folder: string): readonly string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry: Dirent) => !passedOver.test(entry.name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(root, join(folder, entry.name))
        : [relative(root, join(path, entry.name))],
    );
}

/** Files that match `folder/*` + `/name` or `folder/name`; no other patterns. */
export function globSync(root: string, patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const [folder = '', name = ''] = pattern.split('/*/');
    if (name === '') return existsSync(join(root, pattern)) ? [pattern] : [];
    if (!existsSync(join(root, folder))) return [];
    return readdirSync(join(root, folder))
      .map((child) => join(folder, child, name))
      .filter((file) => existsSync(join(root, file)));
  });
}

/** Every TypeScript source of a workspace, from its root. */
export const sourcesOf = (root: string): readonly string[] =>
  ['apps', 'libs', 'tools', 'e2e']
    .flatMap((folder) => filesBelow(root, folder))
    .filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file))
    .sort();
