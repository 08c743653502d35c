import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { defineRule, type BulkheadRule, type Node } from '../rule.ts';
import { lastName, staticText } from './names.ts';

/** A place that names a module. */
export interface ModuleReference {
  /** The whole import, export or call. */
  readonly node: Node;
  /** The text that names the module. */
  readonly source: Node;
  readonly name: string;
  /** The imported names where they are written out, none where the whole module is taken. */
  readonly imported: readonly string[];
  /** For types only. */
  readonly isType: boolean;
}

const loaders =
  /^(require|resolve|mock|doMock|dontMock|unmock|setMock|requireActual|requireMock|unstable_mockModule|createMockFromModule|importActual)$/;

/** Calls back for every import and re-export, static or dynamic, and for everything that resolves a module by name. */
export function onModuleReference(found: (reference: ModuleReference) => void): TSESLint.RuleListener {
  const tell = (node: Node, source: Node | null, imported: readonly string[] = [], isType = false): void => {
    const name = staticText(source);
    if (source && name !== undefined) found({ node, source, name, imported, isType });
  };
  return {
    ImportDeclaration: (node) =>
      tell(node, node.source, namesOf(node.specifiers), node.importKind === 'type'),
    ExportAllDeclaration: (node) => tell(node, node.source, [], node.exportKind === 'type'),
    ExportNamedDeclaration: (node) =>
      tell(
        node,
        node.source,
        node.specifiers.map(({ local }) => lastName(local) ?? ''),
        node.exportKind === 'type',
      ),
    ImportExpression: (node) => tell(node, node.source, destructured(node)),
    TSImportType: (node) => tell(node, node.source, firstName(node.qualifier), true),
    TSExternalModuleReference: (node) => tell(node, node.expression),
    CallExpression: (node) => {
      if (loaders.test(lastName(node.callee) ?? ''))
        tell(node, node.arguments[0] ?? null, destructured(node));
    },
  };
}

const namesOf = (specifiers: readonly TSESTree.ImportClause[]): string[] =>
  specifiers.map((it) =>
    it.type === AST.ImportSpecifier
      ? (lastName(it.imported) ?? '')
      : it.type === AST.ImportDefaultSpecifier
        ? 'default'
        : '*',
  );

function firstName(name: TSESTree.EntityName | null): string[] {
  if (!name) return [];
  return name.type === AST.TSQualifiedName
    ? firstName(name.left)
    : [name.type === AST.Identifier ? name.name : 'this'];
}

/** The names in `const { a, b } = await import('…')`. */
function destructured(node: Node): string[] {
  let owner = node.parent;
  if (owner?.type === AST.AwaitExpression) owner = owner.parent;
  if (owner?.type !== AST.VariableDeclarator || owner.id.type !== AST.ObjectPattern) return [];
  return owner.id.properties.map((it) => (it.type === AST.Property ? (lastName(it.key) ?? '') : '*'));
}

/** A rule that forbids modules by name, however they are imported. */
export function moduleRule({
  name,
  modules,
  message,
  ...where
}: Omit<BulkheadRule, 'rule'> & { readonly modules: RegExp; readonly message: string }): BulkheadRule {
  const visit = (report: (node: Node) => void): TSESLint.RuleListener =>
    onModuleReference(({ node, name: source }) => {
      if (modules.test(source)) report(node);
    });
  return { name, rule: defineRule(name, message, visit), ...where };
}
