import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { bare, lastName, memberName } from '../ast/names.ts';
import { definitionOf, initialValue, writtenType } from '../ast/scopes.ts';
import { defineRule, type BulkheadRule, type Node, type RuleContext } from '../rule.ts';

const name = 'single-emit';
const message =
  'Events leave through apps/gateway/src/streaming/event-delivery.service.ts alone, where each is checked against its owner. ' +
  'Append the event with the emitter of the context.';
const servers = /^#?(io|ioServer|server|socketServer|socketIoServer|wsServer|nsp|namespace|sockets)$/i;
const serverTypes = /^(Server|Namespace|BroadcastOperator|ParentNamespace)$/;
const sending = /^(emit|emitWithAck|send|write|to|in|except|volatile|local|timeout|broadcast|fetchSockets)$/;
const roomed = /^(to|in|except|of|local|broadcast)$/;
const emitting = /^(emit|emitWithAck|send|write)$/;
const everybody = /^(socketsJoin|socketsLeave|disconnectSockets|serverSideEmit|serverSideEmitWithAck)$/;

/** One place sends to more than one connection; a room or a broadcast anywhere else reaches other users. */
export const singleEmit: BulkheadRule = {
  name,
  files: ['{apps,libs}/**'],
  except: ['apps/gateway/src/streaming/event-delivery.service.ts'],
  rule: defineRule(name, message, (report, context) => ({
    MemberExpression: (node) => {
      const property = memberName(node) ?? '';
      if (property === 'broadcast' || everybody.test(property)) report(outermost(node));
      else if (sending.test(property) && isServer(context, node.object)) report(outermost(node));
      else if (emitting.test(property) && isRoom(context, node.object)) report(outermost(node));
    },
    ObjectPattern: (node) => {
      for (const it of node.properties) {
        if (it.type !== AST.Property) continue;
        const key = lastName(it.key) ?? '';
        const value = node.parent.type === AST.VariableDeclarator ? node.parent.init : undefined;
        if (key === 'broadcast' || everybody.test(key)) report(it);
        else if (sending.test(key) && value && isServer(context, value)) report(it);
      }
    },
  })),
};

/** A Socket.IO server or namespace: by its usual names, by its written type, by what it was taken from. */
function isServer(context: RuleContext, node: Node, depth = 0): boolean {
  const inner = bare(node);
  if (depth > 4) return false;
  if (inner.type === AST.CallExpression) {
    const callee = bare(inner.callee);
    if (callee.type === AST.MemberExpression && memberName(callee) === 'of')
      return isServer(context, callee.object, depth + 1);
    return /^(get)?(io|socketServer|socketIoServer|wsServer|namespace)$/i.test(lastName(callee) ?? '');
  }
  if (inner.type === AST.NewExpression)
    return /^(Server|Namespace)$/.test(lastName(inner.callee) ?? '') && isFromSocketIo(context, inner.callee);
  if (servers.test(lastName(inner) ?? '')) return true;
  if (inner.type !== AST.Identifier) return false;
  const type = writtenType(context, inner);
  if (type?.type === AST.TSTypeReference && serverTypes.test(lastName(type.typeName) ?? ''))
    return isFromSocketIo(context, type.typeName);
  const value = initialValue(context, inner);
  return value !== undefined && isServer(context, value, depth + 1);
}

function isFromSocketIo(context: RuleContext, type: Node): boolean {
  if (type.type !== AST.Identifier) return true;
  const parent = definitionOf(context, type)?.parent;
  return parent?.type === AST.ImportDeclaration && parent.source.value.startsWith('socket.io');
}

/** `x.to(…)`, also kept in a variable first. A moment that is formatted with `to` is not sent to. */
function isRoom(context: RuleContext, node: Node): boolean {
  const inner = bare(node);
  const made = inner.type === AST.Identifier ? initialValue(context, inner) : inner;
  const call = made && bare(made);
  if (call?.type !== AST.CallExpression) return false;
  const callee = bare(call.callee);
  return callee.type === AST.MemberExpression && roomed.test(memberName(callee) ?? '');
}

/** The end of the chain, so that `io.to('a').to('b').emit('c')` is one finding. */
function outermost(node: TSESTree.Node): Node {
  const parent = node.parent;
  const goesOn =
    (parent?.type === AST.MemberExpression && parent.object === node) ||
    (parent?.type === AST.CallExpression && parent.callee === node) ||
    parent?.type === AST.AwaitExpression ||
    parent?.type === AST.ChainExpression;
  return parent && goesOn ? outermost(parent) : node;
}
