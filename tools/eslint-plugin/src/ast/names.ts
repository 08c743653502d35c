import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import type { Node } from '../rule.ts';

/** The text of an expression that is known without running it: literals, templates and sums of them. */
export function staticText(node: Node | null | undefined): string | undefined {
  switch (node?.type) {
    case AST.Literal:
      return typeof node.value === 'string' ? node.value : undefined;
    case AST.TemplateLiteral:
      return joined(node.quasis.flatMap((quasi, index) => [quasi.value.cooked, node.expressions[index]]));
    case AST.BinaryExpression:
      return node.operator === '+' ? joined([node.left, node.right]) : undefined;
    case AST.TSAsExpression:
    case AST.TSSatisfiesExpression:
    case AST.TSTypeAssertion:
    case AST.TSNonNullExpression:
      return staticText(node.expression);
    default:
      return undefined;
  }
}

function joined(parts: readonly (string | Node | null | undefined)[]): string | undefined {
  const texts = parts
    .filter((part) => part !== undefined)
    .map((part) => (typeof part === 'string' ? part : staticText(part)));
  return texts.every((text) => text !== undefined) ? texts.join('') : undefined;
}

/** The name of a property, member or specifier, however it is written: `a`, `'a'`, `['a']`, `` [`a`] ``, `#a`. */
export function nameOf(node: Node | null | undefined): string | undefined {
  return node?.type === AST.Identifier || node?.type === AST.PrivateIdentifier ? node.name : staticText(node);
}

/** The name of the property that a member expression reads. */
export const memberName = ({ computed, property }: TSESTree.MemberExpression): string | undefined =>
  computed ? staticText(property) : nameOf(property);

/** The expression within casts, `!`, optional chains and awaits. */
export function bare(node: Node): Node {
  switch (node.type) {
    case AST.TSAsExpression:
    case AST.TSSatisfiesExpression:
    case AST.TSTypeAssertion:
    case AST.TSNonNullExpression:
    case AST.ChainExpression:
      return bare(node.expression);
    case AST.AwaitExpression:
      return bare(node.argument);
    case AST.SequenceExpression:
      return bare(node.expressions.at(-1)!);
    default:
      return node;
  }
}

/** The last name of `a`, `a.b` or `a.b.c`, in types and in expressions. */
export function lastName(node: Node | null | undefined): string | undefined {
  if (!node) return undefined;
  const inner = bare(node);
  if (inner.type === AST.MemberExpression) return memberName(inner);
  if (inner.type === AST.TSQualifiedName) return inner.right.name;
  if (inner.type === AST.Identifier || inner.type === AST.PrivateIdentifier) return inner.name;
  return inner.type === AST.ThisExpression ? 'this' : undefined;
}
