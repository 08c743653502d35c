import fc from 'fast-check';
import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import { fromExecutionContext, toExecutionContext } from './execution-context.bridge.ts';
import { anyContextInput } from './testing/arbitraries.ts';
import { aContext, anIdentity } from './testing/index.ts';
import { UserExecutionContext } from './user-execution-context.ts';

const identity = anIdentity({ userId: 'ada' });
const legacy = {
  user_id: 'ada',
  thread_id: 'thread-1',
  run_id: 'run-1',
  request_id: '7b1d3c1e-6a5f-4f3e-9a58-0f8d3f3b2a10',
  websocket_connection_id: 'socket-1',
  metadata: { topic: 'tea', client_ip: '::1', traceparent: '00-x' },
};

describe('The bridge to the older record', () => {
  it('reads it: ids to ids, and the one bag into two records', () => {
    expect(fromExecutionContext(identity, legacy)).toMatchObject({
      userId: 'ada',
      threadId: 'thread-1',
      runId: 'run-1',
      requestId: legacy.request_id,
      websocketClientId: 'socket-1',
      agentContext: { topic: 'tea' },
      auditMetadata: { client_ip: '::1', traceparent: '00-x' },
    });
  });

  it('writes back what it read', () => {
    expect(toExecutionContext(fromExecutionContext(identity, legacy))).toEqual(legacy);
  });

  it('makes up a request id where the older record has none', () => {
    const { request_id: _none, websocket_connection_id: _nor, ...record } = legacy;
    const context = fromExecutionContext(identity, record);
    expect(context.requestId).toHaveLength(36);
    expect(toExecutionContext(context)).not.toHaveProperty('websocket_connection_id');
  });

  it('keeps working data as it is, whatever it is', () => {
    fc.assert(
      fc.property(anyContextInput, ({ claims, ids, options: { auditMetadata: _audit, ...options } }) => {
        const context = aContext(anIdentity(claims), ids, options).build();
        const copy = fromExecutionContext(context.identity, toExecutionContext(context));
        expect({ ...copy }).toEqual({ ...context, createdAt: copy.createdAt });
      }),
    );
  });

  it('keeps every fact that the factories record as compliance data', () => {
    const headers = Object.fromEntries(
      ['user-agent', 'content-type', 'x-request-id', 'x-correlation-id', 'traceparent'].map((it) => [
        it,
        'v',
      ]),
    );
    const request = { identity, method: 'GET', url: '/', ip: '::1', headers };
    const context = UserExecutionContext.fromHttpRequest(request).createChild('summarise');
    const copy = fromExecutionContext(identity, toExecutionContext(context));
    expect(copy.auditMetadata).toEqual(context.auditMetadata);
    expect(copy.agentContext).toEqual({});
  });

  it('lets compliance data win over working data of the same name', () => {
    const context = aContext()
      .with({ agentContext: { path: '/a' }, auditMetadata: { path: '/b' } })
      .build();
    expect(toExecutionContext(context).metadata).toEqual({ path: '/b' });
  });

  it("refuses somebody else's record", () => {
    expect(() => fromExecutionContext(anIdentity(), legacy)).toThrow('user_id must be your own.');
    const nested = { ...legacy, metadata: { owner: { user_id: 'eve' } } };
    expect(() => fromExecutionContext(identity, nested)).toThrow(ContextIsolationError);
  });

  it.each([
    ['a placeholder thread', { thread_id: 'default' }],
    ['a placeholder connection', { websocket_connection_id: 'none' }],
    ['a request id that is no UUID', { request_id: 'req-1' }],
    ['a bag with a reserved key', { metadata: { run_id: 'run-2' } }],
    ['a bag that is no plain object', { metadata: new Map([['topic', 'tea']]) as never }],
    ['no bag', { metadata: undefined as never }],
  ])('refuses %s, by the validation of every context', (_what, wrong) => {
    expect(() => fromExecutionContext(identity, { ...legacy, ...wrong })).toThrow(InvalidContextError);
  });
});
