import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { bare, lastName, memberName, nameOf, staticText } from '../ast/names.ts';
import { onModuleReference } from '../ast/modules.ts';
import { initialValue } from '../ast/scopes.ts';
import { defineRule, type BulkheadRule, type Node, type RuleContext } from '../rule.ts';

const name = 'no-token-parsing-outside-auth';
const message =
  'Tokens and passwords are read in libs/auth only: call Authenticator.authenticate(). ' +
  'A claim that was decoded without verification is a claim that the client made up.';
const libraries =
  /^(jose|jsonwebtoken|jwt-decode|jws|fast-jwt|njwt|paseto|passport(-\w+)?|@nestjs\/(jwt|passport)|express-jwt|@fastify\/jwt|@node-rs\/(argon2|bcrypt)|argon2|bcrypt(js)?|openid-client)(\/|$)/;
const parsers =
  /^(jwtVerify|jwtDecode|decodeJwt|decodeJWT|decodeProtectedHeader|parseJwt|verifyJwt|decodeToken|parseToken|decodeAccessToken|verifyAccessToken|parseAccessToken|unsafeDecode)$/;
const tokenLike = /(token|jwt|credential|authorization|bearer)$/i;

/** Nothing but libs/auth looks into a token. */
export const noTokenParsingOutsideAuth: BulkheadRule = {
  name,
  except: ['libs/auth/**', 'e2e/**', 'tools/**'],
  rule: defineRule(name, message, (report, context) => {
    // The two transports hand what they were sent to the authenticator, unread.
    const isTransport =
      /apps[/\\]gateway[/\\]src[/\\](security|realtime|rate-limits)[/\\]|[/\\]testing[/\\]|\.spec\.ts$/.test(
        context.filename,
      );
    return {
      ...onModuleReference(({ node, name: source }) => {
        if (libraries.test(source)) report(node);
      }),
      'CallExpression, NewExpression': (node: Node) => {
        if (node.type === AST.ImportExpression || !('callee' in node)) return;
        const called = lastName(node.callee) ?? '';
        if (parsers.test(called)) report(node);
        const [first, encoding] = node.arguments;
        const decodes =
          called === 'atob' || (called === 'from' && /^base64/.test(staticText(encoding) ?? ''));
        if (decodes && first && isTokenPart(context, first)) report(node);
        if (called === 'require' && libraries.test(staticText(first) ?? '')) report(node);
      },
      MemberExpression: (node) => {
        const [property, object] = [memberName(node)?.toLowerCase() ?? '', lastName(node.object) ?? ''];
        if (isTransport || node.parent.type === AST.AssignmentExpression) return;
        if (property === 'authorization' && /headers$/i.test(object)) report(node);
        if (property === 'auth' && /handshake$/i.test(object)) report(node);
      },
      ObjectPattern: (node) => {
        const source = node.parent.type === AST.VariableDeclarator ? node.parent.init : undefined;
        if (isTransport || !source || !/headers$/i.test(lastName(source) ?? '')) return;
        for (const it of node.properties)
          if (it.type === AST.Property && nameOf(it.key)?.toLowerCase() === 'authorization') report(it);
      },
    };
  }),
};

/** A piece of a token: something called one, or a part of a text that was split at its dots. */
function isTokenPart(context: RuleContext, node: Node, depth = 0): boolean {
  const inner = bare(node);
  if (depth > 5) return false;
  if (inner.type === AST.MemberExpression)
    return tokenLike.test(memberName(inner) ?? '') || isTokenPart(context, inner.object, depth + 1);
  if (inner.type === AST.LogicalExpression) return isTokenPart(context, inner.left, depth + 1);
  if (inner.type === AST.CallExpression) {
    const callee = bare(inner.callee);
    if (callee.type !== AST.MemberExpression) return false;
    if (memberName(callee) === 'split') return staticText(inner.arguments[0]) === '.';
    return isTokenPart(context, callee.object, depth + 1);
  }
  if (inner.type !== AST.Identifier) return false;
  if (tokenLike.test(inner.name)) return true;
  const value = initialValue(context, inner) ?? destructuredFrom(context, inner);
  return value !== undefined && isTokenPart(context, value, depth + 1);
}

/** What `const [, payload] = …` takes its parts from. */
function destructuredFrom(context: RuleContext, node: Node): Node | undefined {
  const variable = context.sourceCode
    .getScope(node)
    .references.find((it) => it.identifier === node)?.resolved;
  const declarator = variable?.defs[0]?.node;
  return declarator?.type === AST.VariableDeclarator && declarator.id.type === AST.ArrayPattern
    ? (declarator.init ?? undefined)
    : undefined;
}
