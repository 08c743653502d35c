import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST, ESLintUtils } from '@typescript-eslint/utils';
import type { Node, RuleContext } from '../rule.ts';
import { bare, lastName, memberName } from './names.ts';
import { definitionOf, initialValue, writtenType } from './scopes.ts';

/** The one class that this is all about. */
export const CONTEXT = 'UserExecutionContext';
const builders = /^(aContext|aContextOf)$/;

/** Recognises the context's class and its instances in one file, under whatever name. */
export class ContextNames {
  constructor(private readonly context: RuleContext) {}

  /** Whether an expression or a type's name is the class: by name, by alias, as a member of a namespace. */
  isClass(node: Node | null | undefined, depth = 0): boolean {
    if (!node || depth > 5) return false;
    const inner = bare(node);
    if (lastName(inner) === CONTEXT) return true;
    if (inner.type !== AST.Identifier) return false;
    const definition = definitionOf(this.context, inner)?.node;
    if (definition?.type === AST.ImportSpecifier) return lastName(definition.imported) === CONTEXT;
    if (definition?.type === AST.TSTypeAliasDeclaration)
      return this.isType(definition.typeAnnotation, depth + 1);
    if (definition?.type !== AST.VariableDeclarator) return false;
    if (definition.id.type === AST.ObjectPattern) return isRenamedIn(definition.id, inner.name);
    return this.isClass(definition.init, depth + 1);
  }

  /** Whether a type is the context itself: `C`, `typeof c`, `InstanceType<typeof C>`, `import('…').C`. */
  isType(node: Node | null | undefined, depth = 0): boolean {
    switch (node?.type) {
      case AST.TSTypeReference:
        return (
          this.isClass(node.typeName, depth) ||
          (lastName(node.typeName) === 'InstanceType' && this.isType(node.typeArguments?.params[0], depth))
        );
      case AST.TSTypeQuery:
        return this.isClass(node.exprName, depth) || this.isInstance(node.exprName, depth);
      case AST.TSImportType:
        return lastName(node.qualifier) === CONTEXT;
      case AST.TSTypeOperator:
        return this.isType(node.typeAnnotation, depth);
      default:
        return false;
    }
  }

  /** Whether an expression is a context: by its type where types are known, otherwise by how it was declared. */
  isInstance(node: Node, depth = 0): boolean {
    const inner = bare(node);
    if (depth > 5) return false;
    if (inner.type === AST.CallExpression) return this.#isMade(inner, depth);
    if (inner.type === AST.Identifier) {
      const type = writtenType(this.context, inner);
      if (type) return this.isType(type, depth + 1);
      const value = initialValue(this.context, inner);
      if (value && this.isInstance(value, depth + 1)) return true;
    }
    return this.#isTypedAsContext(inner);
  }

  #isMade(call: TSESTree.CallExpression, depth: number): boolean {
    const callee = bare(call.callee);
    if (callee.type !== AST.MemberExpression) return false;
    const name = memberName(callee) ?? '';
    if (/^(from[A-Z]\w*|createForUser|verify)$/.test(name)) return this.isClass(callee.object);
    if (name === 'createChild') return true;
    return name === 'build' && builders.test(lastName(rootCall(callee.object)) ?? '') && depth < 6;
  }

  #isTypedAsContext(node: Node): boolean {
    const services = this.context.sourceCode.parserServices;
    if (!services?.program) return false;
    return ESLintUtils.getParserServices(this.context).getTypeAtLocation(node).getSymbol()?.name === CONTEXT;
  }
}

const isRenamedIn = (pattern: TSESTree.ObjectPattern, local: string): boolean =>
  pattern.properties.some(
    (it) => it.type === AST.Property && lastName(it.key) === CONTEXT && lastName(it.value) === local,
  );

/** `a` of `a(…).b(…).c`. */
function rootCall(node: Node): Node {
  const inner = bare(node);
  if (inner.type === AST.CallExpression) return rootCall(inner.callee);
  return inner.type === AST.MemberExpression ? rootCall(inner.object) : inner;
}
