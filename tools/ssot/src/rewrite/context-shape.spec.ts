import { Project } from 'ts-morph';
import { mendContextShape } from './context-shape.ts';
import { applyEdits } from './edits.ts';

const mend = (text: string): { text: string; whys: string[] } => {
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile('planted.ts', text);
  const { edits, undecided } = mendContextShape('planted.ts', file);
  return { text: applyEdits(text, edits), whys: undecided.map(({ why }) => why) };
};

describe('The codemod of the context', () => {
  it.each([
    ['the connection', 'context.websocket_connection_id', 'context.websocketClientId'],
    ['ids', 'ctx.user_id + this.context.thread_id', 'ctx.userId + this.context.threadId'],
    ['working data', 'context.metadata.topic', 'context.agentContext.topic'],
    ['compliance data', `context.metadata['client_ip']`, `context.auditMetadata['client_ip']`],
    [
      'a child',
      `context.createChild('a', { metadata: { topic: 1, clientIp: 2 } })`,
      `context.createChild('a', { agentContext: { topic: 1 }, auditMetadata: { clientIp: 2 } })`,
    ],
    [
      'construction',
      'const context = new UserExecutionContext(identity, { threadId });',
      'const context = UserExecutionContext.fromRequest(identity, { threadId });',
    ],
    [
      'construction from a record',
      'const context = new UserExecutionContext({ identity, user_id: u, thread_id: t, run_id: r, websocket_connection_id: w, metadata: { topic: 1, userAgent } });',
      'const context = UserExecutionContext.fromRequest(identity, { threadId: t, runId: r }, { websocketClientId: w, agentContext: { topic: 1 }, auditMetadata: { userAgent } });',
    ],
  ])('moves %s', (_what, before, after) => {
    expect(mend(before)).toEqual({ text: after, whys: [] });
    expect(mend(after)).toEqual({ text: after, whys: [] });
  });

  it.each([
    ['a key that is computed', 'context.metadata[key]', 'depends on the key'],
    ['the whole bag', 'send(context.metadata)', 'depends on the key'],
    ['a bag from elsewhere', `context.createChild('a', { metadata: bag })`, 'not written here'],
    [
      'a context without an identity',
      'const context = new UserExecutionContext({ user_id: u });',
      'needs the Identity',
    ],
  ])('leaves to a person: %s', (_what, text, why) => {
    const { text: after, whys } = mend(text);
    expect(after).toBe(text);
    expect(whys).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    ['context.agentContext.topic'],
    ['file.metadata.topic // a context'],
    ['metadata.websocket_connection_id // ctx'],
    ['const context = UserExecutionContext.fromRequest(identity, {});'],
  ])('leaves alone: %s', (text) => {
    expect(mend(text)).toEqual({ text, whys: [] });
  });
});
