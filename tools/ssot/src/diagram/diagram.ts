import { createProjectGraphAsync, type ProjectGraph } from '@nx/devkit';
import { join } from 'node:path';
import type { GeneratedFile } from '../generated-file.ts';
import { readFileSync } from '../workspace/files.ts';
import { compare, readWorkspace, type WorkspacePackage } from '../workspace/workspace.ts';

const path = 'docs/architecture.md';
const [begin, end] = [
  '<!-- dependencies: written by `npx nx run ssot:diagram` -->',
  '<!-- /dependencies -->',
];
const layers = ['app', 'client', 'feature', 'core', 'kernel'];

/** One project importing another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Every edge of nx's project graph between projects of the workspace, sorted. */
export async function projectEdges(): Promise<readonly Edge[]> {
  process.env['NX_DAEMON'] = 'false';
  return edgesOf(await createProjectGraphAsync({ exitOnError: false }));
}

export function edgesOf({
  nodes,
  dependencies,
}: Pick<ProjectGraph, 'nodes' | 'dependencies'>): readonly Edge[] {
  return Object.values(dependencies)
    .flat()
    .filter(
      ({ source, target, type }) => nodes[target] && nodes[source]?.data.root !== '.' && type !== 'implicit',
    )
    .map(({ source, target }) => ({ from: source, to: target }))
    .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

/** The architecture document with its picture of today's dependencies. */
export async function diagramFiles(root: string): Promise<readonly GeneratedFile[]> {
  const text = readFileSync(join(root, path));
  return [{ path, text: withDiagram(text, mermaid(readWorkspace(root), await projectEdges())) }];
}

/** @throws Error when the document has no place for it */
export function withDiagram(document: string, diagram: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no "${begin}" … "${end}".`);
  return `${document.slice(0, from)}${begin}\n\n${diagram}\n\n${document.slice(to)}`;
}

/** Layers as boxes, and every import between projects that ship. What is implied by a longer way is drawn, too. */
export function mermaid(packages: readonly WorkspacePackage[], edges: readonly Edge[]): string {
  const shown = packages.filter(({ layer }) => layers.includes(layer));
  const isShown = (scope: string): boolean => shown.some((it) => it.scope === scope);
  const boxes = layers.flatMap((layer) => [
    `  subgraph ${layer}-layer [${layer}]`,
    ...shown.filter((it) => it.layer === layer).map(({ scope }) => `    ${scope}`),
    '  end',
  ]);
  const arrows = edges
    .filter(({ from, to }) => isShown(from) && isShown(to))
    .map(({ from, to }) => `  ${from} --> ${to}`);
  return ['```mermaid', 'flowchart TD', ...boxes, ...arrows, '```'].join('\n');
}
