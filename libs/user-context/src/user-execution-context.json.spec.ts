import fc from 'fast-check';
import { inspect } from 'node:util';
import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import type { ContextJson } from './context-fields.ts';
import { anyContextInput } from './testing/arbitraries.ts';
import { aContext, anIdentity } from './testing/index.ts';
import { UserExecutionContext } from './user-execution-context.ts';

/** Any context, at any depth. */
const anyContext = fc.tuple(anyContextInput, fc.integer({ min: 0, max: 10 })).map(([input, depth]) => {
  let context = aContext(anIdentity(input.claims), input.ids, input.options).build();
  for (let level = 0; level < depth; level++) context = context.createChild(`step ${level}`);
  return context;
});

const anyField = fc.constantFrom(
  ...(['userId', 'threadId', 'runId', 'requestId', 'createdAt'] as const),
  ...(['agentContext', 'auditMetadata', 'operationDepth'] as const),
);

describe("A context's JSON", () => {
  it('reads back as an equal context', () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        const copy = UserExecutionContext.fromJSON(context.toJSON(), context.identity);
        expect(copy.equals(context)).toBe(true);
        expect({ ...copy }).toEqual({ ...context });
      }),
    );
  });

  it('reads back as an equal context from text', () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        const text = JSON.stringify(context);
        const copy = UserExecutionContext.fromJSON(JSON.parse(text), context.identity);
        expect(copy.equals(context)).toBe(true);
        expect(JSON.parse(JSON.stringify(copy))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is complete: without any one of its fields it is refused', () => {
    fc.assert(
      fc.property(anyContext, anyField, (context, field) => {
        const { [field]: _left, ...rest } = context.toJSON();
        expect(() => UserExecutionContext.fromJSON(rest, context.identity)).toThrow(`${field} is missing.`);
      }),
    );
  });

  it('is validated when read back as if it came from a stranger', () => {
    const context = aContext().with({ websocketClientId: 'socket-1' }).build().createChild('step');
    for (const field of Object.keys(context.toJSON())) {
      for (const value of [null, '', 'test', -1, 11, 1.5, [], ['x'], { userId: context.userId }]) {
        const read = (): unknown =>
          UserExecutionContext.fromJSON({ ...context.toJSON(), [field]: value }, context.identity);
        expect(read).toThrow(field === 'userId' ? ContextIsolationError : InvalidContextError);
      }
    }
  });

  it.each([undefined, null, 'text', 7, []])('is an object (%#)', (json) => {
    expect(() => UserExecutionContext.fromJSON(json, anIdentity())).toThrow(InvalidContextError);
  });

  it('has no other fields', () => {
    const context = aContext().build();
    const json = { ...context.toJSON(), databaseSession: {} };
    expect(() => UserExecutionContext.fromJSON(json, context.identity)).toThrow(
      'context has an unknown field.',
    );
  });

  it('is read back for its own user only', () => {
    const json = aContext().build().toJSON();
    expect(() => UserExecutionContext.fromJSON(json, anIdentity())).toThrow(ContextIsolationError);
    expect(() => UserExecutionContext.fromRun({ identity: anIdentity(), context: json })).toThrow(
      'belongs to another user',
    );
  });

  it('never holds the identity', () => {
    const context = aContext(anIdentity({ sessionId: 'session-of-ada', permissions: ['tools:all'] })).build();
    for (const shown of [JSON.stringify(context), inspect(context, { showHidden: true, depth: 9 })]) {
      expect(shown).not.toMatch(/session-of-ada|tools:all/);
    }
  });
});

describe('Equality of contexts', () => {
  const context = aContext().build();
  const other = { ...aContext().build().createChild('step').toJSON(), websocketClientId: 'socket-2' };
  const read = (json: ContextJson): UserExecutionContext =>
    UserExecutionContext.fromJSON(json, anIdentity({ userId: json.userId }));

  it('holds for what was read from the same JSON', () => {
    expect(context.equals(read(context.toJSON()))).toBe(true);
  });

  it.each(
    Object.entries({ ...other, agentContext: { topic: 'tea' }, createdAt: '2026-01-31T12:00:00.000Z' }),
  )('looks at %s', (field, value) => {
    expect(context.equals(read({ ...context.toJSON(), [field]: value }))).toBe(false);
  });
});

describe('The audit trail', () => {
  it('is the JSON without the working data', () => {
    const context = aContext()
      .with({ agentContext: { topic: 'tea' }, auditMetadata: { method: 'GET' } })
      .build();
    const { agentContext: _left, ...rest } = context.toJSON();
    expect(context.getAuditTrail()).toEqual(rest);
    expect(JSON.stringify(context.getAuditTrail())).not.toContain('tea');
  });

  it('never changes', () => {
    expect(Object.isFrozen(aContext().build().getAuditTrail())).toBe(true);
  });
});
