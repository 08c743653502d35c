import type { Tree } from '@nx/devkit';

interface Lockfile {
  packages: Record<string, object>;
}

/** Lists a project in the lockfile as `npm install` would, so that `npm ci` accepts it. */
export const addToLockfile = (tree: Tree, folder: string, name: string): void =>
  editLockfile(tree, (packages) => ({
    ...packages,
    [folder]: { name, version: '0.1.0' },
    [`node_modules/${name}`]: { resolved: folder, link: true },
  }));

export const removeFromLockfile = (tree: Tree, folder: string, name: string): void =>
  editLockfile(tree, ({ [folder]: _project, [`node_modules/${name}`]: _link, ...rest }) => rest);

function editLockfile(tree: Tree, edit: (packages: Lockfile['packages']) => Lockfile['packages']): void {
  const file = 'package-lock.json';
  const lockfile = JSON.parse(tree.read(file, 'utf8') ?? '{}') as Lockfile;
  const packages = Object.entries(edit(lockfile.packages)).sort(([a], [b]) => a.localeCompare(b, 'en'));
  tree.write(file, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(packages) }, null, 2)}\n`);
}
