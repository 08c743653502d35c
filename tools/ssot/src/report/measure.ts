import { dirname, join, posix } from 'node:path';
import { Node, Project, type SourceFile } from 'ts-morph';
import { depConstraints } from '@bulkhead/eslint-plugin';
import { projectEdges, type Edge } from '../diagram/diagram.ts';
import { publicSymbols } from '../registry/public-symbols.ts';
import { CanonicalPaths } from '../rewrite/canonical-paths.ts';
import { ImportTargets } from '../rewrite/import-target.ts';
import { readFileSync, sourcesOf } from '../workspace/files.ts';
import { compare, readWorkspace } from '../workspace/workspace.ts';
import { cyclesOf } from './cycles.ts';
import { folderEdges } from './folder-edges.ts';
import type { Measures } from './measures.ts';
import { ruleFindings } from './rule-findings.ts';

const MAX_LINES = 300;

/** Measures the workspace at `root`: reads every source once, and what lint has found. */
export async function measure(root: string): Promise<Measures> {
  const [sources, edges] = [sourcesOf(root), await projectEdges()];
  const paths = new CanonicalPaths(publicSymbols(root), new ImportTargets(root, readWorkspace(root)));
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true });
  const imports = { all: 0, canonical: 0 };
  const [fileEdges, typeEdges] = [
    new Map<string, ReadonlySet<string>>(),
    new Map<string, ReadonlySet<string>>(),
  ];
  const declared = new Map<string, string[]>();
  const lines = new Map<string, number>();
  for (const path of sources) {
    const text = readFileSync(join(root, path));
    const file = project.createSourceFile(join(root, path), text, { overwrite: true });
    const counted = paths.count(path, file);
    imports.all += counted.all;
    imports.canonical += counted.canonical;
    fileEdges.set(path, new Set(ownImports(path, file, false)));
    typeEdges.set(path, new Set(ownImports(path, file, true)));
    if (!/\.spec\.ts$/.test(path)) {
      lines.set(path, text.trimEnd().split('\n').length);
      // The client declares the wire in its own words, for users who have no server code.
      if (/^(libs|apps)\/(?!client\/)/.test(path))
        for (const name of exportedTypes(file)) declared.set(name, [...(declared.get(name) ?? []), path]);
    }
    project.removeSourceFile(file);
  }
  return {
    files: sources.length,
    violations: ruleFindings(root),
    imports,
    edges: measureEdges(edges),
    cycles: [...cyclesOf(fileEdges), ...cyclesOf(folderEdges(typeEdges)), ...cyclesOf(asMap(edges))],
    filesOverLimit: [...lines].filter(([, count]) => count > MAX_LINES).map(([path]) => path),
    small: { under100: [...lines.values()].filter((count) => count < 100).length, all: lines.size },
    duplicates: [...declared]
      .filter(([, files]) => files.length > 1)
      .map(([name, files]) => `${name}: ${files.join(', ')}`)
      .sort(compare),
  };
}

/** The own files that a file imports; without types, those that it loads at run time. */
function ownImports(path: string, file: SourceFile, withTypes: boolean): readonly string[] {
  return [...file.getImportDeclarations(), ...file.getExportDeclarations()].flatMap((node) => {
    const name = node.getModuleSpecifierValue();
    const named = Node.isImportDeclaration(node) ? node.getNamedImports() : node.getNamedExports();
    const isType = node.isTypeOnly() || (named.length > 0 && named.every((it) => it.isTypeOnly()));
    return name?.startsWith('.') && (withTypes || !isType) ? [posix.join(dirname(path), name)] : [];
  });
}

const exportedTypes = (file: SourceFile): readonly string[] =>
  [...file.getClasses(), ...file.getInterfaces(), ...file.getTypeAliases(), ...file.getEnums()]
    .filter((it) => it.hasExportKeyword())
    .map((it) => it.getName() ?? 'default');

function measureEdges(edges: readonly Edge[]): Measures['edges'] {
  const scopes = depConstraints.filter(({ sourceTag }) => sourceTag.startsWith('scope:'));
  const allowed = new Set(
    scopes.flatMap(({ sourceTag, onlyDependOnLibsWithTags: tags }) =>
      tags.map((tag) => `${sourceTag} → ${tag}`.replaceAll('scope:', '')),
    ),
  );
  const used = [...new Set(edges.map(({ from, to }) => `${from} → ${to}`))];
  const isOwn = (edge: string): boolean => new Set(edge.split(' → ')).size === 1;
  return {
    allowed: allowed.size,
    used: used.length,
    forbidden: used.filter((it) => !allowed.has(it) && !isOwn(it)),
  };
}

function asMap(edges: readonly Edge[]): ReadonlyMap<string, ReadonlySet<string>> {
  const map = new Map<string, Set<string>>();
  for (const { from, to } of edges) if (from !== to) map.set(from, (map.get(from) ?? new Set()).add(to));
  return map;
}
