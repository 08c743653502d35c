import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { existsSync, readFileSync } from './workspace/files.ts';

/** A file whose text follows from the code. */
export interface GeneratedFile {
  /** From the workspace's root. */
  readonly path: string;
  readonly text: string;
}

/** Writes what differs; returns its paths. */
export function writeFiles(root: string, files: readonly GeneratedFile[]): readonly string[] {
  const changed = staleFiles(root, files);
  for (const { path, text } of files.filter((it) => changed.includes(it.path))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return changed;
}

/** The paths of files that say something else than the code does. */
export const staleFiles = (root: string, files: readonly GeneratedFile[]): readonly string[] =>
  files
    .filter(({ path, text }) => !existsSync(join(root, path)) || readFileSync(join(root, path)) !== text)
    .map(({ path }) => path);
