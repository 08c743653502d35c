import { inspect } from 'node:util';
import { ContextIsolationError } from './context.errors.ts';
import type { DatabaseSession } from './database-session.ts';
import { claimOwnership } from './ownership-registry.ts';
import { aContext } from './testing/index.ts';
import { UserExecutionContext } from './user-execution-context.ts';

class Session implements DatabaseSession {
  readonly password = 'hunter2';
  constructor(public context: UserExecutionContext) {}
}

describe('Isolation of a context', () => {
  it('holds for every context that a factory made, and for its children', () => {
    const context = aContext()
      .with({ agentContext: { tags: [{ name: 'tea' }] } })
      .build();
    context.verifyIsolation();
    context.createChild('summarise').verifyIsolation();
    UserExecutionContext.fromJSON(context.toJSON(), context.identity).verifyIsolation();
    context.verifyIsolation();
  });

  it('holds when two contexts are made from the same object', () => {
    const agentContext = { tags: [{ name: 'tea' }] };
    const [first, second] = [1, 2].map(() => aContext().with({ agentContext }).build());
    first!.verifyIsolation();
    second!.verifyIsolation();
    expect(first!.agentContext['tags']).not.toBe(second!.agentContext['tags']);
  });

  it("lets no other context take an object of this one's", () => {
    const context = aContext()
      .with({ agentContext: { tags: ['tea'] } })
      .build();
    for (const part of [
      context.agentContext,
      context.agentContext['tags'] as object,
      context.auditMetadata,
    ]) {
      expect(() => claimOwnership(part, Symbol('another context'))).toThrow(ContextIsolationError);
    }
  });

  it('breaks when its database session becomes that of another context', () => {
    const context = aContext().build();
    const session = new Session(context);
    context.bindDatabaseSession(session);
    context.verifyIsolation();
    session.context = aContext().build();
    expect(() => context.verifyIsolation()).toThrow(ContextIsolationError);
  });
});

describe('The database session of a context', () => {
  it('is absent until its scope binds one', () => {
    const context = aContext().build();
    expect(context.databaseSession).toBeUndefined();
    const session = new Session(context);
    context.bindDatabaseSession(session);
    expect(context.databaseSession).toBe(session);
  });

  it("is never another context's, not even one of the same user", () => {
    const context = aContext().build();
    for (const other of [aContext(), aContext(context.identity, context)].map((builder) => builder.build())) {
      expect(() => context.bindDatabaseSession(new Session(other))).toThrow(ContextIsolationError);
    }
    expect(() => context.bindDatabaseSession(new Session(context.createChild('x')))).toThrow(
      'not the context',
    );
  });

  it('is bound once', () => {
    const context = aContext().build();
    context.bindDatabaseSession(new Session(context));
    expect(() => context.bindDatabaseSession(new Session(context))).toThrow('second database session');
  });

  it('is not inherited by children', () => {
    const context = aContext().build();
    context.bindDatabaseSession(new Session(context));
    expect(context.createChild('summarise').databaseSession).toBeUndefined();
  });

  it('appears neither in JSON, nor in equality, nor in a log line', () => {
    const context = aContext().build();
    const unbound = UserExecutionContext.fromJSON(context.toJSON(), context.identity);
    context.bindDatabaseSession(new Session(context));
    expect(context.equals(unbound)).toBe(true);
    expect(JSON.stringify(context)).toBe(JSON.stringify(unbound));
    expect(Object.keys(context)).toEqual(Object.keys(unbound));
    for (const shown of [inspect(context, { showHidden: true, depth: 9 }), `${inspect({ context })}`]) {
      expect(shown).not.toMatch(/hunter2|Session \{/);
    }
  });
});
