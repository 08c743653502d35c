import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST, ESLintUtils } from '@typescript-eslint/utils';
import { CONTEXT, ContextNames } from '../ast/context-names.ts';
import { identityField, IdentityFields } from '../ast/identity-fields.ts';
import { lastName } from '../ast/names.ts';
import { defineRule, type BulkheadRule, type Node, type RuleContext } from '../rule.ts';

const name = 'no-context-redefinition';
const home = '@bulkhead/user-context';
const message =
  `There is one ${CONTEXT}: import it, under its own name, from "${home}", and export it nowhere else. ` +
  'A second one, by name or by shape, would be validated differently. Take the context itself, or ContextJson where it is stored.';
/** Three of its fields together are the context. */
const TOO_MANY = 3;
// What clients are told about an event: no user in it, and it is built from the context in one place.
const wireForms = ['libs/events/src/vocabulary/thread-event.ts', 'apps/gateway/src/events/event.dto.ts'];
const again =
  /^(i|my|our|the|a|base|abstract|default|legacy|new|old|local|custom|shared)?(userexecutioncontext|usercontext)(base|impl|class|type|interface|like|shape|dto|record|model|new|old|legacy|t|v?\d+)?$/;
const isTheName = (text: string | undefined): boolean =>
  text !== undefined && again.test(text.replaceAll('_', '').toLowerCase());

/** There is one UserExecutionContext, by name and by shape. */
export const noContextRedefinition: BulkheadRule = {
  name,
  except: ['libs/user-context/src/**'],
  rule: defineRule(name, message, (report, context) => {
    const names = new ContextNames(context);
    const fields = new IdentityFields(context, names);
    const isWireForm = wireForms.some((file) =>
      `/${context.filename.replaceAll('\\', '/')}`.endsWith(`/${file}`),
    );
    const declared = (node: Node & { id?: TSESTree.Node | null }): void => {
      if (isTheName(lastName(node.id))) report(node);
    };
    const shaped = (node: Node): void => {
      declared(node);
      if (!isWireForm && (fields.of(node).size >= TOO_MANY || typedFields(context, node) >= TOO_MANY))
        report(node);
    };
    return {
      ClassDeclaration: shaped,
      ClassExpression: shaped,
      TSInterfaceDeclaration: shaped,
      TSTypeAliasDeclaration: (node) => (names.isType(node.typeAnnotation) ? report(node) : shaped(node)),
      TSTypeLiteral: (node) => {
        const owner = outerDeclaration(node);
        if (!isWireForm && !owner && fields.of(node).size >= TOO_MANY) report(node);
      },
      TSEnumDeclaration: declared,
      TSModuleDeclaration: declared,
      TSImportEqualsDeclaration: (node) => {
        if (isTheName(node.id.name) || lastName(node.moduleReference) === CONTEXT) report(node);
      },
      FunctionDeclaration: declared,
      VariableDeclarator: (node) => {
        if (node.id.type === AST.Identifier && isTheName(node.id.name)) report(node);
        else if (node.id.type === AST.Identifier && node.init && names.isClass(node.init)) report(node);
        else if (node.id.type === AST.ObjectPattern) {
          for (const it of node.id.properties) {
            if (it.type === AST.Property && (lastName(it.key) === CONTEXT || isTheName(lastName(it.value))))
              report(it);
          }
        }
      },
      PropertyDefinition: (node) => {
        if (node.value && names.isClass(node.value)) report(node);
      },
      AssignmentExpression: (node) => {
        if (names.isClass(node.right)) report(node);
      },
      ImportSpecifier: (node) => {
        const [imported, local] = [lastName(node.imported), node.local.name];
        if (imported !== local && (imported === CONTEXT || isTheName(local))) report(node);
        else if (imported === CONTEXT && node.parent.source?.value !== home) report(node);
      },
      'ImportDefaultSpecifier, ImportNamespaceSpecifier': (node: TSESTree.ImportDefaultSpecifier) => {
        if (isTheName(node.local.name)) report(node);
      },
      ExportSpecifier: (node) => {
        if (isTheName(lastName(node.exported)) || names.isClass(node.local)) report(node);
      },
      ExportDefaultDeclaration: (node) => {
        if (names.isClass(node.declaration)) report(node);
      },
      TSExportAssignment: (node) => {
        if (names.isClass(node.expression)) report(node);
      },
      ExportAllDeclaration: (node) => {
        if (node.source.value === home) report(node);
      },
    };
  }),
};

/** The alias that a literal is all of, or a part of by intersection: it is judged as a whole. */
function outerDeclaration(node: Node): Node | undefined {
  let outer = node.parent;
  while (outer && /^TS(IntersectionType|TypeOperator)$/.test(outer.type)) outer = outer.parent;
  return outer?.type === AST.TSTypeAliasDeclaration ? outer : undefined;
}

/** What the compiler finds in a type that is made of others. What a wire form declares is counted there. */
function typedFields(context: RuleContext, node: Node): number {
  const services = context.sourceCode.parserServices;
  if (!services?.program) return 0;
  const derived =
    (node.type === AST.TSTypeAliasDeclaration && node.typeAnnotation.type !== AST.TSTypeLiteral) ||
    (node.type === AST.TSInterfaceDeclaration && node.extends.length > 0);
  if (!derived) return 0;
  const properties = ESLintUtils.getParserServices(context).getTypeAtLocation(node.id).getProperties();
  const found = properties.filter(
    (property) =>
      identityField(property.name) !== undefined &&
      !property.declarations?.some((it) =>
        wireForms.some((file) => it.getSourceFile().fileName.endsWith(file)),
      ),
  );
  return new Set(found.map((property) => identityField(property.name))).size;
}
