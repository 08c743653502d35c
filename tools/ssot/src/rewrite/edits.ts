/** A piece of a file's text and what takes its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Something that only a person can decide. */
export interface Undecided {
  /** From the workspace's root, with the line: `libs/a/src/b.ts:12`. */
  readonly at: string;
  readonly text: string;
  readonly why: string;
}

/** What a file should say. */
export interface Rewritten {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** How many places differ. */
  readonly edits: number;
}

/** The text with every edit made; where two overlap, the inner one waits for the next round. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => b.start - a.start || a.end - b.end);
  let [result, from] = [text, Infinity];
  for (const { start, end, text: replacement } of sorted) {
    if (end > from) continue;
    result = result.slice(0, start) + replacement + result.slice(end);
    from = start;
  }
  return result;
}

/** The lines that differ, as `git diff` shows them, without context. */
export function diffOf({ path, before, after }: Rewritten): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else {
      const [nextOld, nextNow] = nextSame(old, now, i, j);
      lines.push(
        `@@ -${i + 1} +${j + 1} @@`,
        ...old.slice(i, nextOld).map((it) => `-${it}`),
        ...now.slice(j, nextNow).map((it) => `+${it}`),
      );
      [i, j] = [nextOld, nextNow];
    }
  }
  return [`--- ${path}`, `+++ ${path}`, ...lines].join('\n');
}

/** The nearest lines at which both texts agree again. */
function nextSame(old: readonly string[], now: readonly string[], i: number, j: number): [number, number] {
  for (let ahead = 1; ahead <= old.length - i + (now.length - j); ahead++) {
    for (let a = 0; a <= ahead; a++) {
      const [x, y] = [i + a, j + ahead - a];
      if (x < old.length && y < now.length && old[x] === now[y]) return [x, y];
    }
  }
  return [old.length, now.length];
}
