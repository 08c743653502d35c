import fc from 'fast-check';
import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import { MAX_OPERATION_DEPTH } from './context-fields.ts';
import { anyContextInput, anyRecord } from './testing/arbitraries.ts';
import { aContext, anIdentity } from './testing/index.ts';
import { UserExecutionContext } from './user-execution-context.ts';

describe('A child context', () => {
  it('has the user, thread, run and connection of its parent, and its own request one level deeper', () => {
    fc.assert(
      fc.property(anyContextInput, ({ claims, ids, options }) => {
        const parent = aContext(anIdentity(claims), ids, options).build();
        const child = parent.createChild('summarise');
        const { userId, threadId, runId, websocketClientId } = parent;
        expect({ ...child }).toMatchObject({ userId, threadId, runId });
        expect(child.websocketClientId).toBe(websocketClientId);
        expect(child.identity).toBe(parent.identity);
        expect(child.operationDepth).toBe(parent.operationDepth + 1);
        expect(child.parentRequestId).toBe(parent.requestId);
        expect(child.requestId).not.toBe(parent.requestId);
      }),
    );
  });

  it('is of the same unitOfWorkId as its parent, which no other context is of', () => {
    const parent = aContext().build();
    const again = UserExecutionContext.fromJSON(parent.toJSON(), parent.identity);
    expect(parent.createChild('summarise').createChild('translate').unitOfWorkId).toBe(parent.unitOfWorkId);
    expect(again.unitOfWorkId).not.toBe(parent.unitOfWorkId);
  });

  it("starts with copies of its parent's records, overlaid with those given", () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (inherited, given) => {
        const parent = aContext().with({ agentContext: inherited, auditMetadata: inherited }).build();
        const child = parent.createChild('summarise', { agentContext: given, auditMetadata: given });
        expect(child.agentContext).toEqual({ ...inherited, ...given });
        expect(child.auditMetadata).toEqual({ ...inherited, ...given, operation: 'summarise' });
        parent.verifyIsolation();
        child.verifyIsolation();
      }),
    );
  });

  it('shares no object with its parent', () => {
    const parent = aContext()
      .with({ agentContext: { tags: ['tea'] } })
      .build();
    const { agentContext } = parent.createChild('summarise');
    expect(agentContext['tags']).toEqual(parent.agentContext['tags']);
    expect(agentContext['tags']).not.toBe(parent.agentContext['tags']);
  });

  it('leaves its parent as it was', () => {
    const parent = aContext()
      .with({ agentContext: { tags: ['tea'] } })
      .build();
    const before = JSON.stringify(parent);
    parent.createChild('summarise', { agentContext: { tags: [] } });
    expect(JSON.stringify(parent)).toBe(before);
  });

  it('goes ten levels deep and no deeper', () => {
    let context = aContext().build();
    for (let depth = 1; depth <= MAX_OPERATION_DEPTH; depth++)
      context = context.createChild(`level ${depth}`);
    expect(context.operationDepth).toBe(10);
    expect(() => context.createChild('one more')).toThrow('operationDepth must not go beyond 10.');
  });

  it.each([
    ['a Map', new Map([['topic', 'tea']])],
    ['a list', ['tea']],
    ['null', null],
    ['text', 'tea'],
    ['a class instance', new (class Tea {})()],
    ['an accessor', Object.defineProperty({}, 'topic', { enumerable: true, get: () => 'tea' })],
    ['a polluting key', JSON.parse('{"__proto__":{"admin":true}}')],
    ['a reserved key', { threadId: 'other' }],
  ])('refuses %s as a record, as its parent would', (_what, record) => {
    const parent = aContext().build();
    for (const records of [{ agentContext: record }, { auditMetadata: record }]) {
      expect(() => parent.createChild('summarise', records)).toThrow(InvalidContextError);
      expect(() => parent.createChild('summarise', records)).toThrow(Object.keys(records)[0]);
    }
  });

  it('refuses the id of somebody else', () => {
    expect(() =>
      aContext()
        .build()
        .createChild('x', { agentContext: { owner: { userId: 'eve' } } }),
    ).toThrow(ContextIsolationError);
  });
});
