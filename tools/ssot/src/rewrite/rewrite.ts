import { join } from 'node:path';
import { Project } from 'ts-morph';
import { publicSymbols } from '../registry/public-symbols.ts';
import { readFileSync, sourcesOf } from '../workspace/files.ts';
import { readWorkspace } from '../workspace/workspace.ts';
import { CanonicalPaths } from './canonical-paths.ts';
import { mendContextShape } from './context-shape.ts';
import { applyEdits, type Rewritten, type Undecided } from './edits.ts';
import { ImportTargets } from './import-target.ts';

export interface RewritePlan {
  readonly files: readonly Rewritten[];
  readonly undecided: readonly Undecided[];
}

// The older shape lives on in the one lib that knows it; violations are planted where they are looked for.
const leftAlone = /^(libs\/user-context|tools)\//;

/** What the rewriter would do to the workspace at `root`. Writes nothing. */
export function planRewrite(root: string): RewritePlan {
  const packages = readWorkspace(root);
  const paths = new CanonicalPaths(publicSymbols(root), new ImportTargets(root, packages));
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true });
  const [files, undecided]: [Rewritten[], Undecided[]] = [[], []];
  for (const path of sourcesOf(root)) {
    const before = readFileSync(join(root, path));
    const source = project.createSourceFile(join(root, path), before, { overwrite: true });
    const found = [
      paths.mend(path, source),
      ...(leftAlone.test(path) ? [] : [mendContextShape(path, source)]),
    ];
    const edits = found.flatMap((it) => it.edits);
    undecided.push(...found.flatMap((it) => it.undecided));
    if (edits.length > 0) files.push({ path, before, after: applyEdits(before, edits), edits: edits.length });
    project.removeSourceFile(source);
  }
  return { files, undecided };
}
