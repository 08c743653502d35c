import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SabotagedPlace } from './sabotage.ts';

/** A file with a defect in it. */
export interface PatchedFile {
  /** From the repository's root. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** @throws Error when the text is not there, or is there more than once: the code has moved on, and so must this */
export async function patch(root: string, { file, find, replace }: SabotagedPlace): Promise<PatchedFile> {
  const candidates = file.endsWith('*.sql') ? await newestFirst(root, dirname(file)) : [file];
  for (const candidate of candidates) {
    const before = await readFile(join(root, candidate), 'utf8');
    const matches = [...before.matchAll(anySpacing(find))];
    const [match] = matches;
    if (matches.length > 1) throw new Error(`${candidate} has more than one place like: ${find}`);
    if (match === undefined) continue;
    const after = before.slice(0, match.index) + replace + before.slice(match.index + match[0].length);
    return { file: candidate, before, after };
  }
  throw new Error(`${file} has no place like: ${find}`);
}

async function newestFirst(root: string, folder: string): Promise<string[]> {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.sql'));
  return names
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/** The formatter may break a line elsewhere one day. */
function anySpacing(text: string): RegExp {
  const words = text.trim().split(/\s+/);
  return new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'), 'g');
}
