import { Node, SyntaxKind, type SourceFile } from 'ts-morph';

/** A name that is taken from a module, as it is written: `type A as B`. */
export interface TakenName {
  readonly name: string;
  readonly written: string;
}

/** A place that names a module. */
export interface ModuleUse {
  readonly kind: 'import' | 'export' | 'export-all' | 'call' | 'type';
  /** The whole statement or call. */
  readonly node: Node;
  /** The quoted name. */
  readonly source: Node;
  readonly module: string;
  /** The names taken, undefined where nobody can tell. */
  readonly taken: readonly TakenName[] | undefined;
  readonly isType: boolean;
  /** `import X from`, `import * as X from`. */
  readonly binding?: { readonly kind: 'default' | 'namespace'; readonly name: string };
}

const loaders =
  /^(require|require\.resolve|require\.requireActual|import|import\.meta\.resolve|jest\.(mock|doMock|unmock|requireActual|requireMock|unstable_mockModule)|vi\.mock)$/;

/** Every place of a file that names a module. */
export function moduleUses(file: SourceFile): readonly ModuleUse[] {
  return [...imports(file), ...exports(file), ...calls(file), ...types(file)];
}

function imports(file: SourceFile): ModuleUse[] {
  return file.getImportDeclarations().map((node) => {
    const names = node.getNamedImports().map((it) => ({ name: it.getName(), written: it.getText() }));
    const [normal, namespace] = [node.getDefaultImport(), node.getNamespaceImport()];
    const members = namespace && membersOf(namespace.getText(), file);
    const base = {
      kind: 'import' as const,
      node,
      source: node.getModuleSpecifier(),
      module: node.getModuleSpecifierValue(),
      isType: node.isTypeOnly(),
    };
    if (namespace)
      return { ...base, taken: members, binding: { kind: 'namespace' as const, name: namespace.getText() } };
    if (normal) {
      const name = normal.getText();
      return {
        ...base,
        taken: [{ name, written: name }, ...names],
        binding: { kind: 'default' as const, name },
      };
    }
    return { ...base, taken: names };
  });
}

function exports(file: SourceFile): ModuleUse[] {
  return file.getExportDeclarations().flatMap((node): ModuleUse[] => {
    const source = node.getModuleSpecifier();
    if (!source) return [];
    const base = { node, source, module: source.getLiteralText(), isType: node.isTypeOnly() };
    if (!node.hasNamedExports()) return [{ ...base, kind: 'export-all' as const, taken: undefined }];
    const taken = node.getNamedExports().map((it) => ({ name: it.getName(), written: it.getText() }));
    return [{ ...base, kind: 'export' as const, taken }];
  });
}

function calls(file: SourceFile): ModuleUse[] {
  const equals = file.getDescendantsOfKind(SyntaxKind.ExternalModuleReference).flatMap((node) => {
    const source = node.getExpression();
    const name = node.getParentIfKind(SyntaxKind.ImportEqualsDeclaration)?.getName() ?? '';
    return Node.isStringLiteral(source)
      ? [
          {
            kind: 'call' as const,
            node,
            source,
            module: source.getLiteralText(),
            taken: membersOf(name, file),
            isType: false,
          },
        ]
      : [];
  });
  const made = file.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((node) => {
    const [source] = node.getArguments();
    if (!loaders.test(node.getExpression().getText())) return [];
    if (!Node.isStringLiteral(source) && !Node.isNoSubstitutionTemplateLiteral(source)) return [];
    return [
      {
        kind: 'call' as const,
        node,
        source,
        module: source.getLiteralText(),
        taken: takenByCall(node, file),
        isType: false,
      },
    ];
  });
  return [...equals, ...made];
}

function types(file: SourceFile): ModuleUse[] {
  return file.getDescendantsOfKind(SyntaxKind.ImportType).flatMap((node) => {
    const argument = node.getArgument();
    const source = Node.isLiteralTypeNode(argument) ? argument.getLiteral() : undefined;
    const name = node.getQualifier()?.getText().split('.')[0];
    if (!source || !Node.isStringLiteral(source)) return [];
    return [
      {
        kind: 'type' as const,
        node,
        source,
        module: source.getLiteralText(),
        taken: name === undefined ? undefined : [{ name, written: name }],
        isType: true,
      },
    ];
  });
}

/** `const { A } = await import(…)`, `(await import(…)).A`, `import(…).then(({ A }) => …)`, `const all = require(…); all.A`. */
function takenByCall(call: Node, file: SourceFile): readonly TakenName[] | undefined {
  if (
    /^jest\.(mock|doMock|unmock|unstable_mockModule)$|^vi\.mock$|resolve$/.test(
      call.getFirstChild()?.getText() ?? '',
    )
  )
    return [];
  let node = call.getParent();
  while (Node.isAwaitExpression(node) || Node.isParenthesizedExpression(node) || Node.isAsExpression(node))
    node = node.getParent();
  if (Node.isVariableDeclaration(node)) {
    const name = node.getNameNode();
    if (Node.isIdentifier(name)) return membersOf(name.getText(), file);
    if (Node.isObjectBindingPattern(name))
      return name.getElements().map((it) => named(it.getPropertyNameNode()?.getText() ?? it.getName()));
  }
  if (!Node.isPropertyAccessExpression(node)) return undefined;
  if (node.getName() !== 'then') return [named(node.getName())];
  const pattern = node.getParent()?.getFirstDescendantByKind(SyntaxKind.ObjectBindingPattern);
  return pattern?.getElements().map((it) => named(it.getPropertyNameNode()?.getText() ?? it.getName()));
}

const named = (name: string): TakenName => ({ name, written: name });

/** The members of a namespace that a file uses; undefined when it passes the namespace on as a whole. */
function membersOf(namespace: string, file: SourceFile): readonly TakenName[] | undefined {
  const members = new Set<string>();
  for (const it of file.getDescendantsOfKind(SyntaxKind.Identifier)) {
    const parent = it.getParent();
    if (
      it.getText() !== namespace ||
      Node.isNamespaceImport(parent) ||
      Node.isImportEqualsDeclaration(parent)
    )
      continue;
    if (Node.isVariableDeclaration(parent) && parent.getNameNode() === it) {
      if (parent.getVariableStatement()?.hasExportKeyword()) return undefined;
      continue;
    }
    if (Node.isPropertyAccessExpression(parent) && parent.getExpression() === it)
      members.add(parent.getName());
    else if (Node.isQualifiedName(parent) && parent.getLeft() === it)
      members.add(parent.getRight().getText());
    else if (!Node.isPropertyAccessExpression(parent) && !Node.isQualifiedName(parent)) return undefined;
  }
  return [...members].map(named);
}
