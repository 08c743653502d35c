import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { bare, lastName, memberName, nameOf, staticText } from '../ast/names.ts';
import { initialValue } from '../ast/scopes.ts';
import { importRegistry, type ImportRegistry } from '../registry.ts';
import { defineRule, type BulkheadRule, type Node, type RuleContext, type RuleModule } from '../rule.ts';

const name = 'no-request-scope-entry-point';
const message =
  'An entry point that becomes request-scoped is made per request before its guards run, or per connection, so the first ' +
  'message’s user serves all later ones. Keep it a singleton and open the scope: scopes.run(context, Handler, (handler) => …).';
const decorators =
  /^(Controller|WebSocketGateway|Catch|Processor|EventsHandler|CommandHandler|Resolver|Cron)$/;
const roles =
  /(Controller|Gateway|Guard|Worker|Filter|Interceptor|Pipe|Middleware|Adapter|Listener|Subscriber)$/;
const globals = /^APP_(GUARD|FILTER|PIPE|INTERCEPTOR)$/;
const always = /^(REQUEST|INQUIRER|CONTEXT|UserExecutionContext|UserContextScope)$/;

/** Entry points are singletons; what they resolve in a scope is not. */
export const requestScopeRuleOf = (registry: ImportRegistry): RuleModule =>
  defineRule(name, message, (report, context) => {
    const isPerRequest = (token: string | undefined): boolean =>
      token !== undefined && (always.test(token) || registry.isRequestScoped(token));
    const entryPoint = (node: TSESTree.ClassDeclaration | TSESTree.ClassExpression): void => {
      const calls = node.decorators
        .map(({ expression }) => expression)
        .filter((it) => it.type === AST.CallExpression);
      const isEntry =
        calls.some(({ callee }) => decorators.test(lastName(callee) ?? '')) ||
        roles.test(node.id?.name ?? '');
      if (!isEntry) return;
      for (const call of calls) if (call.arguments.some((it) => hasScope(context, it))) report(call);
      for (const member of node.body.body)
        for (const it of injectedBy(member)) if (isPerRequest(it.token)) report(it.node);
    };
    return {
      ClassDeclaration: entryPoint,
      ClassExpression: entryPoint,
      ObjectExpression: (node) => {
        const provided = lastName(property(node, 'provide')) ?? '';
        const used = lastName(property(node, 'useClass') ?? property(node, 'useExisting')) ?? '';
        if (!globals.test(provided) && !roles.test(provided) && !roles.test(used)) return;
        if (hasScope(context, node)) report(node);
        const inject = property(node, 'inject');
        if (inject?.type !== AST.ArrayExpression) return;
        for (const it of inject.elements) if (it && isPerRequest(lastName(it))) report(it);
      },
    };
  });

export const noRequestScopeEntryPoint: BulkheadRule = {
  name,
  files: ['{apps,libs}/**'],
  except: ['**/*.spec.ts'],
  rule: requestScopeRuleOf(importRegistry),
};

const property = (node: TSESTree.ObjectExpression, key: string): Node | undefined =>
  node.properties.find((it): it is TSESTree.Property => it.type === AST.Property && nameOf(it.key) === key)
    ?.value;

/** Whether options ask for another scope than the default, also through a variable or a spread. */
function hasScope(context: RuleContext, node: Node, depth = 0): boolean {
  const inner = bare(node);
  if (depth > 4) return false;
  if (inner.type === AST.Identifier) {
    const value = initialValue(context, inner);
    return value !== undefined && hasScope(context, value, depth + 1);
  }
  if (inner.type === AST.CallExpression)
    return inner.arguments.some((it) => hasScope(context, it, depth + 1));
  if (inner.type !== AST.ObjectExpression) return false;
  return inner.properties.some((it) => {
    if (it.type === AST.SpreadElement) return hasScope(context, it.argument, depth + 1);
    if (nameOf(it.key) === 'durable') return true;
    return nameOf(it.key) === 'scope' && !isDefault(context, it.value);
  });
}

function isDefault(context: RuleContext, node: Node): boolean {
  const inner = bare(node);
  if (inner.type === AST.Literal) return inner.value === 0;
  if (inner.type === AST.MemberExpression) return memberName(inner) === 'DEFAULT';
  const value = inner.type === AST.Identifier ? initialValue(context, inner) : undefined;
  return value !== undefined && isDefault(context, value);
}

/** What a member has injected: by a parameter's type, by `@Inject(token)`, into a property. */
function injectedBy(member: TSESTree.ClassElement): { token: string | undefined; node: Node }[] {
  if (member.type === AST.PropertyDefinition) {
    const tokens = member.decorators
      .map(({ expression }) => expression)
      .filter((it) => it.type === AST.CallExpression && lastName(it.callee) === 'Inject');
    return tokens.map((it) => ({ token: tokenOf(it) ?? typeName(member.typeAnnotation), node: member }));
  }
  if (member.type !== AST.MethodDefinition || member.kind !== 'constructor') return [];
  return member.value.params.map((node) => {
    const written = node.type === AST.TSParameterProperty ? node.parameter : node;
    const inject = node.decorators
      .map(({ expression }) => tokenOf(expression))
      .find((it) => it !== undefined);
    const type = 'typeAnnotation' in written ? typeName(written.typeAnnotation) : undefined;
    return { token: inject ?? type, node };
  });
}

function tokenOf(expression: Node): string | undefined {
  if (expression.type !== AST.CallExpression || lastName(expression.callee) !== 'Inject') return undefined;
  const [token] = expression.arguments;
  // `forwardRef(() => Token)` names it one call deeper.
  const named = token?.type === AST.CallExpression ? token.arguments[0] : token;
  if (named?.type === AST.ArrowFunctionExpression) return lastName(named.body);
  return lastName(named) ?? staticText(named);
}

const typeName = (annotation: TSESTree.TSTypeAnnotation | undefined): string | undefined =>
  annotation?.typeAnnotation.type === AST.TSTypeReference
    ? lastName(annotation.typeAnnotation.typeName)
    : undefined;
