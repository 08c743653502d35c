import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rewritten } from './edits.ts';

/** Whether the workspace compiles, and what the compiler says where it does not. */
export type TypeCheck = (root: string) => { readonly ok: boolean; readonly output: string };

const compiler = new URL('../../../../node_modules/typescript-7/bin/tsc', import.meta.url).pathname;

export const typeCheck: TypeCheck = (root) => {
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json', '--noEmit'], {
    cwd: root,
    encoding: 'utf8',
  });
  return { ok: status === 0, output: stdout };
};

/** Writes the files and type-checks; where that fails, every file gets its bytes back. @returns the compiler's complaint */
export function applyRewrite(
  root: string,
  files: readonly Rewritten[],
  check: TypeCheck = typeCheck,
): string | undefined {
  const revert = (): void => {
    for (const { path, before } of files) writeFileSync(join(root, path), before);
  };
  try {
    for (const { path, after } of files) writeFileSync(join(root, path), after);
    const { ok, output } = check(root);
    if (ok) return undefined;
    revert();
    return output;
  } catch (error) {
    revert();
    throw error;
  }
}
