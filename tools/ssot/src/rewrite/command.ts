import { applyRewrite } from './apply.ts';
import { diffOf } from './edits.ts';
import { planRewrite } from './rewrite.ts';

/** Prints the diff; with `--apply` makes it so, unless it does not compile. `--root` is another workspace. */
export function rewrite(workspace: string, args: readonly string[]): number {
  const root = args.find((it) => it.startsWith('--root='))?.slice('--root='.length) ?? workspace;
  const { files, undecided } = planRewrite(root);
  for (const { at, text, why } of undecided) console.log(`undecided ${at}: ${text}\n  ${why}`);
  const edits = files.reduce((sum, it) => sum + it.edits, 0);
  if (!args.includes('--apply')) {
    for (const file of files) console.log(diffOf(file));
    console.log(
      `${edits} changes in ${files.length} files, ${undecided.length} undecided. Nothing is written without --apply.`,
    );
    return 0;
  }
  const complaint = applyRewrite(root, files);
  if (complaint !== undefined) {
    console.error(`${complaint}\nIt does not compile so: every file has its bytes back.`);
    return 1;
  }
  console.log(`${edits} changes in ${files.length} files, ${undecided.length} undecided. It compiles.`);
  return 0;
}
