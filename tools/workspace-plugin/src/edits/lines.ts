import type { Tree } from '@nx/devkit';

/** A line that a generator adds to a list of the workspace, and takes away again. */
export interface ListedLine {
  readonly file: string;
  /** The line as it stands in the file, with its indentation. */
  readonly line: string;
  /** Whether the line belongs directly before this one; the first that answers yes. */
  readonly isBefore: (line: string, above: readonly string[]) => boolean;
}

/** @throws Error when the list is not where it should be */
export function addLine(tree: Tree, { file, line, isBefore }: ListedLine): void {
  const lines = read(tree, file);
  if (lines.includes(line)) return;
  const index = lines.findIndex((it, at) => isBefore(it, lines.slice(0, at)));
  if (index < 0)
    throw new Error(`${file} has no place for "${line.trim()}". Add it by hand, and mend the generator.`);
  lines.splice(index, 0, line);
  tree.write(file, lines.join('\n'));
}

export function removeLine(tree: Tree, { file, line }: ListedLine): void {
  if (!tree.exists(file)) return;
  const lines = read(tree, file);
  const index = lines.indexOf(line);
  if (index < 0) return;
  lines.splice(index, 1);
  tree.write(file, lines.join('\n'));
}

const read = (tree: Tree, file: string): string[] => (tree.read(file, 'utf8') ?? '').split('\n');
