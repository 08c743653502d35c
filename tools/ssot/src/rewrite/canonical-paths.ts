import type { SourceFile } from 'ts-morph';
import type { PublicSymbol } from '../registry/public-symbols.ts';
import type { Edit, Undecided } from './edits.ts';
import type { ImportTarget, ImportTargets } from './import-target.ts';
import { moduleUses, type ModuleUse, type TakenName } from './module-uses.ts';

/** What one file imports past a door, mended where there is one way only. */
export interface Mended {
  readonly edits: readonly Edit[];
  readonly undecided: readonly Undecided[];
}

/** Moves the imports of one file to the paths in the registry. */
export class CanonicalPaths {
  constructor(
    private readonly symbols: readonly PublicSymbol[],
    private readonly targets: ImportTargets,
  ) {}

  mend(path: string, file: SourceFile): Mended {
    const [edits, undecided]: [Edit[], Undecided[]] = [[], []];
    for (const use of moduleUses(file)) {
      const target = this.targets.of(path, use.module);
      if (!target || this.#isCanonical(target, use)) continue;
      const text = this.#replacement(target, use);
      const at = `${path}:${use.node.getStartLineNumber()}`;
      if ('why' in text) undecided.push({ at, text: use.node.getText().split('\n')[0] ?? '', why: text.why });
      else edits.push(text);
    }
    return { edits, undecided };
  }

  /** How many imports of one file go to another project, and how many of those by their one path. */
  count(path: string, file: SourceFile): { readonly all: number; readonly canonical: number } {
    const found = moduleUses(file).flatMap((use) => {
      const target = this.targets.of(path, use.module);
      return target ? [this.#isCanonical(target, use)] : [];
    });
    return { all: found.length, canonical: found.filter(Boolean).length };
  }

  /** Through a door, and none of the names has its home elsewhere. */
  #isCanonical({ door, lib }: ImportTarget, { taken }: ModuleUse): boolean {
    if (door === undefined) return false;
    return !taken?.some(({ name }) => {
      const homes = this.symbols.filter((it) => it.name === name);
      return homes.length > 0 && !homes.some(({ from }) => from === door || from.startsWith(`${lib.name}/`));
    });
  }

  #replacement(target: ImportTarget, use: ModuleUse): Edit | { readonly why: string } {
    if (use.kind === 'export-all') return this.#exportAll(target, use);
    if (use.taken === undefined)
      return { why: 'it is passed on as a whole, so nobody can tell what is used of it' };
    const homes = new Map<string, TakenName[]>();
    for (const name of use.taken) {
      const home = this.#homeOf(target, name.name);
      if (home === undefined)
        return { why: `${name.name} is not public: ask the owner of ${target.lib.name} to export it` };
      homes.set(home, [...(homes.get(home) ?? []), name]);
    }
    const [only = target.lib.name] = homes.keys();
    if (homes.size > 1 && (use.kind === 'call' || use.binding?.kind === 'namespace'))
      return { why: `its names have several homes: ${[...homes.keys()].join(', ')}` };
    const isStatement = use.kind === 'import' || use.kind === 'export';
    if (isStatement && (homes.size > 1 || use.binding?.kind === 'default'))
      return edit(use.node, statements(use, homes));
    return edit(use.source, `'${only}'`);
  }

  /** `export *` of a file becomes the public names of that file. */
  #exportAll({ lib, file, door }: ImportTarget, use: ModuleUse): Edit | { readonly why: string } {
    const names = this.symbols.filter((it) => it.file === file && it.from.startsWith(lib.name));
    if (door !== undefined || names.length === 0) return { why: 'nothing of what it exports is public' };
    const isType = use.isType || names.every(({ kind }) => kind === 'type' || kind === 'interface');
    const written = names.map(({ name, kind }) =>
      !isType && /^(type|interface)$/.test(kind) ? `type ${name}` : name,
    );
    return edit(
      use.node,
      `export ${isType ? 'type ' : ''}{ ${written.join(', ')} } from '${names[0]!.from}';`,
    );
  }

  /** Where a name that is taken from this file is imported from. The same name in another file is another symbol. */
  #homeOf({ lib, file, door }: ImportTarget, name: string): string | undefined {
    const all = this.symbols.filter((it) => it.name === name);
    const own = all.find(
      (it) => (it.file === file || file?.endsWith('/index.ts')) && it.from.startsWith(lib.name),
    );
    if (own) return own.from;
    return door !== undefined && all.length === 1 ? all[0]!.from : undefined;
  }
}

const edit = (node: { getStart(): number; getEnd(): number }, text: string): Edit => ({
  start: node.getStart(),
  end: node.getEnd(),
  text,
});

/** One statement per home; a default import becomes a named one. */
function statements(
  { kind, isType, binding }: ModuleUse,
  homes: ReadonlyMap<string, readonly TakenName[]>,
): string {
  return [...homes]
    .map(([home, names]) => {
      const written = names.map((it) => (it.name === binding?.name ? it.name : it.written)).join(', ');
      return `${kind} ${isType ? 'type ' : ''}{ ${written} } from '${home}';`;
    })
    .join('\n');
}
