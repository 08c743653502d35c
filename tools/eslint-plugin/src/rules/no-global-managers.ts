import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { bare, lastName, memberName, nameOf } from '../ast/names.ts';
import { definitionOf } from '../ast/scopes.ts';
import { defineRule, type BulkheadRule, type Node, type RuleContext } from '../rule.ts';

const name = 'no-global-managers';
const message =
  'What anyone can reach belongs to no user, and state of a module is shared by all of them. Keep it in an injected class, ' +
  'or declare it read-only (as const, readonly, ReadonlyMap, Object.freeze).';
const getter =
  /^(get\w*(Manager|Singleton)|getInstance|getOrCreateInstance|sharedInstance|\w+ManagerInstance)$/;
const collections =
  /^(Map|Set|Array|Int\d+Array|Uint\d+Array|EventEmitter|Subject|BehaviorSubject|ReplaySubject)$/;
const mutators = /^(push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear)$/;
const constants =
  /^(Symbol|RegExp|URL|Error|Date|TextEncoder|TextDecoder|WeakMap|WeakSet|AsyncLocalStorage|ExpectedType|\w*Pipe|Reflector)$/;

/** No singletons to reach for, anywhere; no state of a module, in libs. */
export const noGlobalManagers: BulkheadRule = {
  name,
  except: ['**/*.spec.ts', 'libs/user-context/src/identity.ts'],
  rule: defineRule(name, message, (report, context) => {
    const named = (node: Node, text: string | undefined): void => {
      if (text !== undefined && getter.test(text)) report(node);
    };
    const isLib = /(^|[/\\])libs[/\\][^/\\]+[/\\]src[/\\]/.test(context.filename);
    return {
      'ExportNamedDeclaration > FunctionDeclaration': (node: TSESTree.FunctionDeclaration) =>
        named(node, lastName(node.id)),
      'ExportDefaultDeclaration > FunctionDeclaration': (node: TSESTree.FunctionDeclaration) =>
        named(node, lastName(node.id)),
      'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator': (
        node: TSESTree.VariableDeclarator,
      ) => named(node, lastName(node.id)),
      ExportSpecifier: (node) => named(node, lastName(node.exported)),
      'MethodDefinition[static=true], PropertyDefinition[static=true]': (
        node: TSESTree.PropertyDefinition,
      ) => {
        named(node, nameOf(node.key));
        if (/^#?_?(instance|singleton)$/i.test(nameOf(node.key) ?? '')) report(node);
        else if (isLib && node.type === AST.PropertyDefinition && !isConstantProperty(node)) report(node);
      },
      AssignmentExpression: (node) => {
        if (isLib && isGlobal(bare(node.left))) report(node);
      },
      VariableDeclaration: (node) => {
        const parent = node.parent.type === AST.ExportNamedDeclaration ? node.parent.parent : node.parent;
        if (!isLib || parent.type !== AST.Program || node.declare) return;
        for (const it of node.declarations) if (node.kind !== 'const' || isState(context, it)) report(it);
      },
    };
  }),
};

const isConstantProperty = ({ readonly, typeAnnotation, value }: TSESTree.PropertyDefinition): boolean =>
  readonly && (isReadonlyType(typeAnnotation?.typeAnnotation) || !value || !isFresh(value));

/** `globalThis.x`, `global['x']`. */
function isGlobal(node: Node): boolean {
  if (node.type !== AST.MemberExpression) return false;
  const object = bare(node.object);
  return object.type === AST.Identifier ? /^(globalThis|global)$/.test(object.name) : isGlobal(object);
}

function isState(context: RuleContext, declarator: TSESTree.VariableDeclarator): boolean {
  const { id, init } = declarator;
  if (
    !init ||
    id.type !== AST.Identifier ||
    isReadonlyType(id.typeAnnotation?.typeAnnotation) ||
    isConst(init)
  )
    return false;
  const value = bare(init);
  if (isFresh(init)) return true;
  const exported =
    declarator.parent.parent.type === AST.ExportNamedDeclaration || isExportedLater(context, id);
  if (value.type === AST.NewExpression) return exported && !constants.test(lastName(value.callee) ?? '');
  if (value.type === AST.ArrayExpression && exported) return true;
  return isMutated(context, id);
}

/** A collection that can grow: a new Map, Set or array, an empty array or object. */
function isFresh(node: Node): boolean {
  if (isConst(node)) return false;
  const value = bare(node);
  if (value.type === AST.NewExpression) return collections.test(lastName(value.callee) ?? '');
  if (value.type === AST.CallExpression) return isNullObject(value);
  return (
    (value.type === AST.ArrayExpression && value.elements.length === 0) ||
    (value.type === AST.ObjectExpression && value.properties.length === 0)
  );
}

const isNullObject = (call: TSESTree.CallExpression): boolean =>
  lastName(call.callee) === 'create' &&
  call.callee.type === AST.MemberExpression &&
  lastName(call.callee.object) === 'Object';

/** `as const`, or frozen. */
function isConst(node: Node): boolean {
  if (node.type === AST.TSAsExpression || node.type === AST.TSSatisfiesExpression)
    return isConst(node.expression) || isReadonlyType(node.typeAnnotation);
  return node.type === AST.CallExpression && lastName(node.callee) === 'freeze';
}

function isReadonlyType(type: Node | undefined): boolean {
  if (type?.type === AST.TSTypeOperator) return type.operator === 'readonly';
  if (type?.type !== AST.TSTypeReference) return false;
  return /^(Readonly\w*|const|WeakMap|WeakSet|RegExp)$/.test(lastName(type.typeName) ?? '');
}

const variableOf = (context: RuleContext, id: TSESTree.Identifier) =>
  context.sourceCode.getDeclaredVariables?.(id.parent).find((it) => it.name === id.name);

const isExportedLater = (context: RuleContext, id: TSESTree.Identifier): boolean =>
  variableOf(context, id)?.references.some(
    ({ identifier }) => identifier.parent.type === AST.ExportSpecifier,
  ) ?? false;

/** Whether this file changes what a constant holds. */
function isMutated(context: RuleContext, id: TSESTree.Identifier): boolean {
  if (definitionOf(context, id)?.node.type !== AST.VariableDeclarator) return false;
  return (variableOf(context, id)?.references ?? []).some(({ identifier }) => {
    const member = identifier.parent;
    if (member.type !== AST.MemberExpression || member.object !== identifier)
      return isAssignedOnto(identifier);
    const user = member.parent;
    if (user.type === AST.AssignmentExpression) return user.left === member;
    if (
      user.type === AST.UpdateExpression ||
      (user.type === AST.UnaryExpression && user.operator === 'delete')
    )
      return true;
    return (
      user.type === AST.CallExpression && user.callee === member && mutators.test(memberName(member) ?? '')
    );
  });
}

const isAssignedOnto = ({ parent, ...node }: Node): boolean =>
  parent?.type === AST.CallExpression &&
  lastName(parent.callee) === 'assign' &&
  parent.arguments[0]?.range[0] === node.range[0];
