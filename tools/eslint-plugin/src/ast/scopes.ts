import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST, ASTUtils } from '@typescript-eslint/utils';
import type { Node, RuleContext } from '../rule.ts';

/** What a variable was declared as: its declarator, parameter, class, type or import. */
export function definitionOf(
  context: RuleContext,
  node: TSESTree.Identifier,
): TSESLint.Scope.Definition | undefined {
  return ASTUtils.findVariable(context.sourceCode.getScope(node), node)?.defs[0];
}

/** The initial value of a `const`, or of a variable that is never given another. */
export function initialValue(context: RuleContext, node: TSESTree.Identifier): Node | undefined {
  const definition = definitionOf(context, node);
  const declarator = definition?.node;
  if (declarator?.type !== AST.VariableDeclarator || declarator.id.type !== AST.Identifier) return undefined;
  return declarator.init ?? undefined;
}

/** The written type of a variable or parameter. */
export function writtenType(context: RuleContext, node: TSESTree.Identifier): Node | undefined {
  const name = definitionOf(context, node)?.name;
  return name?.type === AST.Identifier ? name.typeAnnotation?.typeAnnotation : undefined;
}
