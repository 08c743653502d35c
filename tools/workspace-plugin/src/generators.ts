import { formatFiles, joinPathFragments, visitNotIgnoredFiles, type Tree } from '@nx/devkit';
import { addLine, removeLine, type ListedLine } from './edits/lines.ts';
import { link, unlink, writeReference } from './edits/links.ts';
import { addToLockfile, removeFromLockfile } from './edits/lockfile.ts';
import { linesOfLib, linesOfResource } from './edits/workspace-lists.ts';
import { namesOf, type Names } from './names.ts';
import { agentFiles } from './templates/agent.ts';
import { libFiles } from './templates/lib.ts';
import { projectFiles, type Files } from './templates/project.ts';
import { resourceFiles } from './templates/resource.ts';
import { toolFiles } from './templates/tool.ts';

interface Options {
  readonly name: string;
  readonly owner?: string;
}
type Afterwards = () => void;

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((it) => it.trim())
    .filter(Boolean);

/** A lib with a module. */
export function lib(
  tree: Tree,
  options: Options & { layer?: string; imports?: string },
): Promise<Afterwards> {
  const names = namesOf(options.name);
  const { layer = 'feature', imports = 'user-context,errors' } = options;
  return addLib(tree, names, { ...options, layer, imports: listed(imports) }, libFiles(names));
}

/** A lib with an agent, registered and answering. */
export function agent(tree: Tree, options: Options & { tools?: string }): Promise<Afterwards> {
  const names = namesOf(options.name);
  const tools = listed(options.tools ?? 'calculator,current_time');
  return addLib(
    tree,
    names,
    { ...options, imports: ['execution', 'tools', 'errors'] },
    agentFiles(names, tools),
  );
}

/** A lib with a tool, registered, and permitted to every user by `tools:team`. */
export function tool(tree: Tree, options: Options): Promise<Afterwards> {
  const names = namesOf(options.name);
  const imports = ['tools', 'user-context', 'errors'];
  return addLib(tree, names, { ...options, imports }, toolFiles(names));
}

/** A REST resource of the gateway. */
export async function restResource(tree: Tree, options: Options): Promise<void> {
  const names = namesOf(options.name);
  write(tree, `apps/gateway/src/${names.kebab}`, resourceFiles(names));
  for (const line of linesOfResource(names)) addLine(tree, line);
  await formatFiles(tree);
}

/** Removes what one of the others made, and leaves nothing of it. */
export async function undo(tree: Tree, options: Options): Promise<Afterwards> {
  const names = namesOf(options.name);
  const [folder, resource] = [`libs/${names.kebab}`, `apps/gateway/src/${names.kebab}`];
  const isResource = tree.exists(`${resource}/${names.kebab}.handler.ts`);
  const isLib = tree.exists(`${folder}/package.json`);
  if (!isResource && !isLib)
    throw new Error(`There is neither ${folder} nor a resource ${resource}. Nothing was removed.`);
  const users = isLib ? importersOf(tree, names) : [];
  if (users.length > 0) throw new Error(`${folder} is imported by ${users.join(', ')}. Nothing was removed.`);
  if (isResource) {
    for (const line of linesOfResource(names)) removeLine(tree, line);
    tree.delete(resource);
  }
  if (!isLib) return () => undefined;
  for (const line of addedLines(tree, names)) removeLine(tree, line);
  removeFromLockfile(tree, folder, `@bulkhead/${names.kebab}`);
  tree.delete(folder);
  return () => {
    unlink(tree.root, folder, `@bulkhead/${names.kebab}`);
    writeReference(tree.root);
  };
}

/** Who would break without it: every file that imports a lib, but its own and the one that lists all modules. */
function importersOf(tree: Tree, { kebab }: Names): string[] {
  const found: string[] = [];
  for (const folder of ['apps', 'libs', 'e2e']) {
    visitNotIgnoredFiles(tree, folder, (path) => {
      if (path.startsWith(`libs/${kebab}/`) || path.endsWith('/app.module.ts') || !path.endsWith('.ts'))
        return;
      if (new RegExp(`'@bulkhead/${kebab}(/\\w+)?'`).test(tree.read(path, 'utf8') ?? '')) found.push(path);
    });
  }
  return found;
}

/** The lines of a lib as they stand today: its owner or its boundaries may have changed since. */
function addedLines(tree: Tree, names: Names): ListedLine[] {
  return linesOfLib(names, { owner: '', imports: [] }).map((it) => {
    const start = it.line.trimEnd().replace(/\[\],$/, '[');
    const today = (tree.read(it.file, 'utf8') ?? '').split('\n').find((line) => line.startsWith(start));
    return { ...it, line: today ?? it.line };
  });
}

async function addLib(
  tree: Tree,
  names: Names,
  {
    owner = '@bulkhead/agents',
    layer = 'feature',
    imports,
  }: Omit<Options, 'name'> & { layer?: string; imports: string[] },
  files: Files,
): Promise<Afterwards> {
  const [folder, name] = [`libs/${names.kebab}`, `@bulkhead/${names.kebab}`];
  if (tree.exists(folder))
    throw new Error(`${folder} exists already. Choose another name, or add to it by hand.`);
  write(tree, folder, { ...projectFiles(names, layer), ...files });
  for (const line of linesOfLib(names, { owner, imports })) addLine(tree, line);
  addToLockfile(tree, folder, name);
  await formatFiles(tree);
  return () => {
    link(tree.root, folder, name);
    writeReference(tree.root);
  };
}

function write(tree: Tree, folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) tree.write(joinPathFragments(folder, path), text);
}
