import {
  Node,
  SyntaxKind,
  type NewExpression,
  type ObjectLiteralExpression,
  type SourceFile,
} from 'ts-morph';
import type { Mended } from './canonical-paths.ts';
import type { Edit, Undecided } from './edits.ts';

const renamed: ReadonlyMap<string, string> = new Map([
  ['user_id', 'userId'],
  ['thread_id', 'threadId'],
  ['run_id', 'runId'],
  ['request_id', 'requestId'],
  ['websocket_connection_id', 'websocketClientId'],
  ['websocketConnectionId', 'websocketClientId'],
]);
/** Keys of the old bag that were compliance data, in both spellings; all others are the agents' working data. */
const auditKeys: ReadonlySet<string> = new Set(
  'clientIp userAgent method path contentType clientRequestId correlationId traceparent operation'
    .split(' ')
    .flatMap((key) => [key, key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]),
);
const recordOf = (key: string): string => (auditKeys.has(key) ? 'auditMetadata' : 'agentContext');
const factories = /\.(fromRequest|createForUser|createChild|with)$/;

/** Moves the code of one file off the older shape of the context. */
export function mendContextShape(path: string, file: SourceFile): Mended {
  const [edits, undecided]: [Edit[], Undecided[]] = [[], []];
  if (!/context|ctx/i.test(file.getFullText())) return { edits, undecided };
  const ask = (node: Node, why: string): void => {
    undecided.push({
      at: `${path}:${node.getStartLineNumber()}`,
      text: node.getText().split('\n')[0] ?? '',
      why,
    });
  };
  const change = (node: Node, text: string): void => {
    edits.push({ start: node.getStart(), end: node.getEnd(), text });
  };
  for (const node of file.getDescendantsOfKind(SyntaxKind.PropertyAccessExpression)) {
    const name = node.getName();
    if (!isContext(node.getExpression())) continue;
    const now = renamed.get(name);
    if (now !== undefined) change(node.getNameNode(), now);
    if (name !== 'metadata') continue;
    const key = keyRead(node);
    if (key === undefined) ask(node, 'which of agentContext and auditMetadata is meant depends on the key');
    else change(node.getNameNode(), recordOf(key));
  }
  for (const node of file.getDescendantsOfKind(SyntaxKind.NewExpression)) {
    if (node.getExpression().getText().split('.').at(-1) !== 'UserExecutionContext') continue;
    const text = factoryCall(node);
    if (text === undefined) ask(node, 'a context needs the Identity of its user: authenticate to get one');
    else change(node, text);
  }
  for (const call of file.getDescendantsOfKind(SyntaxKind.CallExpression)) {
    if (!factories.test(call.getExpression().getText())) continue;
    for (const argument of call.getArguments()) {
      const bag = Node.isObjectLiteralExpression(argument) ? argument.getProperty('metadata') : undefined;
      if (!bag) continue;
      const records = split(bag);
      if (records === undefined)
        ask(bag, 'its keys are not written here, so nobody can tell the two records apart');
      else change(bag, records);
    }
  }
  return { edits, undecided };
}

/** Something called a context, or declared as one. Nest's own contexts have no metadata. */
const isContext = (node: Node): boolean => /^(this\.)?#?(\w*[cC]ontext|ctx)$/.test(node.getText());

/** `key` of `x.metadata.key` and `x.metadata['key']`. */
function keyRead(node: Node): string | undefined {
  const parent = node.getParent();
  if (Node.isPropertyAccessExpression(parent) && parent.getExpression() === node) return parent.getName();
  if (!Node.isElementAccessExpression(parent) || parent.getExpression() !== node) return undefined;
  const key = parent.getArgumentExpression();
  return Node.isStringLiteral(key) ? key.getLiteralText() : undefined;
}

/** `metadata: { a, clientIp: b }` as `agentContext: { a }, auditMetadata: { clientIp: b }`. */
function split(bag: Node): string | undefined {
  const value = Node.isPropertyAssignment(bag) ? bag.getInitializer() : undefined;
  if (!Node.isObjectLiteralExpression(value)) return undefined;
  const records = new Map<string, string[]>();
  for (const property of value.getProperties()) {
    if (!Node.isPropertyAssignment(property) && !Node.isShorthandPropertyAssignment(property))
      return undefined;
    const record = recordOf(property.getName().replaceAll(/['"]/g, ''));
    records.set(record, [...(records.get(record) ?? []), property.getText()]);
  }
  return [...records].map(([record, properties]) => `${record}: { ${properties.join(', ')} }`).join(', ');
}

/** `new C(identity, ids, options)`, or the older `new C({ identity, thread_id, …, metadata })`, through the factory. */
function factoryCall(node: NewExpression): string | undefined {
  const [first, ...others] = node.getArguments();
  const callee = `${node.getExpression().getText()}.fromRequest`;
  if (Node.isObjectLiteralExpression(first)) return fromRecord(callee, first);
  if (!first || !/identity/i.test(first.getText()) || others.length === 0) return undefined;
  return `${callee}(${[first, ...others].map((it) => it.getText()).join(', ')})`;
}

function fromRecord(callee: string, record: ObjectLiteralExpression): string | undefined {
  const [ids, options]: [string[], string[]] = [[], []];
  let identity: string | undefined;
  for (const property of record.getProperties()) {
    if (!Node.isPropertyAssignment(property) && !Node.isShorthandPropertyAssignment(property))
      return undefined;
    const name = property.getName();
    const value = Node.isPropertyAssignment(property) ? (property.getInitializer()?.getText() ?? '') : name;
    const now = renamed.get(name) ?? name;
    const written = now === value ? now : `${now}: ${value}`;
    if (now === 'identity') identity = value;
    else if (now === 'threadId' || now === 'runId') ids.push(written);
    else if (now === 'userId') continue;
    else if (now === 'metadata') {
      const records = split(property);
      if (records === undefined) return undefined;
      if (records !== '') options.push(records);
    } else options.push(written);
  }
  if (identity === undefined) return undefined;
  const parts = [
    identity,
    `{ ${ids.join(', ')} }`,
    ...(options.length > 0 ? [`{ ${options.join(', ')} }`] : []),
  ];
  return `${callee}(${parts.join(', ')})`;
}
