import { Project, Node, ts, type ExportedDeclarations } from 'ts-morph';
import { dirname, join } from 'node:path';
import { compare, readWorkspace, type Door, type WorkspacePackage } from '../workspace/workspace.ts';

/** A name that a lib offers to others. */
export interface PublicSymbol {
  readonly name: string;
  /** The one module that it is imported from. */
  readonly from: string;
  readonly kind: string;
  readonly layer: string;
  readonly owner: string;
  /** Where it is declared, from the workspace's root. */
  readonly file: string;
  /** Declared by another lib, and offered again to those who see the wire only; left out where it is not. */
  readonly again?: true;
  /** Made anew for every unit of work; left out where it is not. */
  readonly requestScoped?: true;
}

/** Every public symbol of the libs below `root`, by name, then by module. */
export function publicSymbols(root: string): readonly PublicSymbol[] {
  const libs = readWorkspace(root).filter((it) => it.root.startsWith('libs/'));
  const doors = new Map(libs.flatMap((lib) => lib.doors.map(({ module, file }) => [module, file])));
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    skipLoadingLibFiles: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      types: [],
      noEmit: true,
    },
    // Third-party types are of no interest here, and reading them takes most of the time.
    resolutionHost: () => ({
      resolveModuleNames: (names, importer) =>
        names.map((name) => {
          const door = doors.get(name);
          const file = name.startsWith('.') ? join(dirname(importer), name) : door && join(root, door);
          return file === undefined ? undefined : { resolvedFileName: file, extension: ts.Extension.Ts };
        }),
    }),
  });
  const found = libs.flatMap((lib) => lib.doors.flatMap((door) => symbolsOf(project, root, lib, door)));
  return withoutSecondDoors(found).sort((a, b) => compare(a.name, b.name) || compare(a.from, b.from));
}

function symbolsOf(project: Project, root: string, lib: WorkspacePackage, door: Door): PublicSymbol[] {
  const index = project.addSourceFileAtPathIfExists(join(root, door.file));
  if (!index) return [];
  return [...index.getExportedDeclarations()].flatMap(([name, declarations]) => {
    const [declaration] = declarations;
    if (!declaration) return [];
    const file = declaration
      .getSourceFile()
      .getFilePath()
      .slice(root.replace(/\/$/, '').length + 1);
    const isAgain = !file.startsWith(`${lib.root}/`);
    // Whoever sees the wire only has one lib for everything; among the others a symbol has one home.
    if (isAgain && lib.layer !== 'client') return [];
    const about = {
      name,
      from: door.module,
      kind: kindOf(declaration),
      layer: lib.layer,
      owner: lib.owner,
      file,
    };
    return [
      {
        ...about,
        ...(isAgain && { again: true as const }),
        ...(isRequestScoped(declaration) && { requestScoped: true as const }),
      },
    ];
  });
}

/** What two doors of a lib offer is imported from the shorter one. */
function withoutSecondDoors(symbols: readonly PublicSymbol[]): PublicSymbol[] {
  return symbols.filter(
    (it) =>
      !symbols.some(
        (other) => other.name === it.name && other.file === it.file && other.from.length < it.from.length,
      ),
  );
}

function kindOf(declaration: ExportedDeclarations): string {
  if (Node.isClassDeclaration(declaration)) return 'class';
  if (Node.isInterfaceDeclaration(declaration)) return 'interface';
  if (Node.isTypeAliasDeclaration(declaration)) return 'type';
  if (Node.isEnumDeclaration(declaration)) return 'enum';
  return Node.isFunctionDeclaration(declaration) ? 'function' : 'value';
}

const isRequestScoped = (declaration: ExportedDeclarations): boolean =>
  Node.isClassDeclaration(declaration) &&
  declaration.getDecorators().some((it) => /scope:\s*Scope\.REQUEST/.test(it.getText()));
