import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What npm would link: the package's name to its folder. Makes a new lib importable without the network. */
export function link(root: string, folder: string, name: string): void {
  const path = join(root, 'node_modules', name);
  mkdirSync(join(path, '..'), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(join('..', '..', folder), path);
}

/** Takes the link away, and what builds left in the folder. */
export function unlink(root: string, folder: string, name: string): void {
  rmSync(join(root, 'node_modules', name), { force: true });
  rmSync(join(root, folder), { recursive: true, force: true });
}

/** Writes again what follows from the code: the import registry and the picture of the libs. */
export function writeReference(root: string): void {
  for (const what of ['registry', 'diagram']) {
    spawnSync(process.execPath, ['tools/ssot/run.mjs', what], { cwd: root, stdio: 'inherit' });
  }
}
