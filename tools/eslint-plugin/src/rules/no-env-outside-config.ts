import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { bare, lastName, memberName } from '../ast/names.ts';
import { onModuleReference } from '../ast/modules.ts';
import { definitionOf, initialValue } from '../ast/scopes.ts';
import { defineRule, type BulkheadRule, type Node, type RuleContext } from '../rule.ts';

const name = 'no-env-outside-config';
const message =
  'The environment is read and validated once, in apps/gateway/src/config. Take the validated setting as a parameter.';
const processModule = /^(node:)?process$/;
const readers = /^(dotenv|dotenv\/config|dotenv-\w+|env-var|envalid|@nestjs\/config)$/;

/** Nothing but the configuration reads the environment: a setting that is read elsewhere is validated nowhere. */
export const noEnvOutsideConfig: BulkheadRule = {
  name,
  except: ['apps/gateway/src/config/**', 'apps/chat/**', 'tools/**', 'e2e/**', '**/*.config.*'],
  rule: defineRule(name, message, (report, context) => ({
    MemberExpression: (node) => {
      const property = memberName(node) ?? '';
      if (/^(env|loadEnvFile)$/.test(property) && isProcess(context, node.object)) report(node);
      if (property === 'env' && node.object.type === AST.MetaProperty) report(node);
      if (property === 'parseEnv') report(node);
    },
    VariableDeclarator: (node) => {
      if (node.id.type === AST.ObjectPattern && node.init && isProcess(context, node.init)) report(node.id);
    },
    'CallExpression[arguments.length>1]': (node: TSESTree.CallExpression) => {
      const [object, key] = node.arguments;
      const called = /^(get|getOwnPropertyDescriptor|entries|values)$/.test(lastName(node.callee) ?? '');
      if (called && object && key?.type === AST.Literal && key.value === 'env' && isProcess(context, object))
        report(node);
    },
    SpreadElement: (node) => {
      if (isProcess(context, node.argument)) report(node);
    },
    ImportSpecifier: (node) => {
      const imported = lastName(node.imported) ?? '';
      if (processModule.test(node.parent.source?.value ?? '') && /^(env|loadEnvFile|default)$/.test(imported))
        report(node);
    },
    'ImportDefaultSpecifier, ImportNamespaceSpecifier': (node: Node) => {
      if (node.parent?.type !== AST.ImportDeclaration || !processModule.test(node.parent.source.value))
        return;
      if ('local' in node && lastName(node.local) !== 'process') report(node);
    },
    ...onModuleReference(({ node, name: source }) => {
      if (readers.test(source) || (processModule.test(source) && node.type !== AST.ImportDeclaration))
        report(node);
    }),
  })),
};

/** The process, under whatever name it is kept. */
function isProcess(context: RuleContext, node: Node, depth = 0): boolean {
  const inner = bare(node);
  if (depth > 4) return false;
  if (lastName(inner) === 'process') {
    if (inner.type === AST.MemberExpression)
      return /^(globalThis|global|self)$/.test(lastName(inner.object) ?? '');
    const declared = inner.type === AST.Identifier ? definitionOf(context, inner) : undefined;
    return !declared || declared.parent?.type === AST.ImportDeclaration;
  }
  if (inner.type !== AST.Identifier) return false;
  const value = initialValue(context, inner);
  return value !== undefined && isProcess(context, value, depth + 1);
}
