import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import { aContext, anIdentity } from './testing/index.ts';
import { UserExecutionContext } from './user-execution-context.ts';

type AnyClass = new (...args: unknown[]) => object;
const OpenContext = UserExecutionContext as unknown as AnyClass;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('A context', () => {
  it('has the ids it was given, and makes up the rest', () => {
    const identity = anIdentity();
    const context = UserExecutionContext.fromRequest(identity, { threadId: 'thread-1' });
    expect(context.toJSON()).toEqual({
      userId: identity.userId,
      threadId: 'thread-1',
      runId: expect.stringMatching(uuid),
      requestId: expect.stringMatching(uuid),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      agentContext: {},
      auditMetadata: {},
      operationDepth: 0,
    });
    expect(context.identity).toBe(identity);
  });

  it('for a user without a thread yet makes up all ids', () => {
    const [first, second] = [anIdentity(), anIdentity()].map((it) => UserExecutionContext.createForUser(it));
    expect(
      new Set([first, second].flatMap((it) => [it!.userId, it!.threadId, it!.runId, it!.requestId])).size,
    ).toBe(8);
  });

  it('keeps working data and compliance data apart', () => {
    const context = aContext()
      .with({ agentContext: { topic: 'tea' }, auditMetadata: { clientIp: '::1' } })
      .build();
    expect(context.agentContext).toEqual({ topic: 'tea' });
    expect(context.auditMetadata).toEqual({ clientIp: '::1' });
    expect(context).not.toHaveProperty('metadata');
  });

  it('never changes', () => {
    const context = aContext()
      .with({ agentContext: { tags: [{ name: 'tea' }] } })
      .build();
    expect(() => Object.assign(context, { userId: 'eve' })).toThrow(TypeError);
    expect(() => Object.assign(context, { extra: 1 })).toThrow(TypeError);
    expect(() => void Object.setPrototypeOf(context, null)).toThrow(TypeError);
    expect(() => (context.agentContext['tags'] as unknown[]).push('x')).toThrow(TypeError);
    expect(() => Object.assign((context.agentContext['tags'] as object[])[0]!, { name: 'x' })).toThrow(
      TypeError,
    );
  });

  it('does not see what a caller does later to the objects it gave', () => {
    const options = { agentContext: { tags: ['tea'] }, auditMetadata: { clientIp: '::1' } };
    const context = aContext().with(options).build();
    options.agentContext.tags.push('milk');
    options.auditMetadata.clientIp = 'changed';
    expect(context).toMatchObject({ agentContext: { tags: ['tea'] }, auditMetadata: { clientIp: '::1' } });
  });

  it.each([
    ['threadId', { threadId: 'test' }, {}],
    ['runId', { runId: '' }, {}],
    ['requestId', {}, { requestId: 'not-a-uuid' }],
    ['websocketClientId', {}, { websocketClientId: 'a b' }],
    ['agentContext', {}, { agentContext: null }],
    ['auditMetadata', {}, { auditMetadata: [] }],
    ['agentContext.threadId', {}, { agentContext: { threadId: 'x' } }],
  ])('is refused when %s is not valid', (field, ids, options) => {
    const create = (): unknown => UserExecutionContext.fromRequest(anIdentity(), ids, options);
    expect(create).toThrow(InvalidContextError);
    expect(create).toThrow(expect.objectContaining({ details: { field } }));
  });

  it('gets neither depth, parent, age nor user from what a caller passes along', () => {
    const smuggled = {
      threadId: 'thread-1',
      operationDepth: 9,
      parentRequestId: 'x',
      createdAt: 'x',
      userId: 'eve',
      requestId: 'x',
    };
    const context = UserExecutionContext.fromRequest(anIdentity(), smuggled, {
      ...smuggled,
      requestId: undefined,
    });
    expect(context.operationDepth).toBe(0);
    expect(context.parentRequestId).toBeUndefined();
    expect(context.userId).not.toBe('eve');
  });

  it('is not made without a minted identity', () => {
    const lookAlike = { ...anIdentity() } as never;
    expect(() => UserExecutionContext.createForUser(lookAlike)).toThrow(ContextIsolationError);
    expect(() => UserExecutionContext.fromRequest(undefined as never, {})).toThrow(ContextIsolationError);
  });
});

describe('Making a context', () => {
  it('takes a factory', () => {
    class Forged extends OpenContext {}
    const args = [
      Symbol('UserExecutionContext'),
      anIdentity(),
      aContext().build().toJSON(),
      Symbol('context'),
    ];
    for (const forge of [
      () => new OpenContext(),
      () => new OpenContext(...args),
      () => Reflect.construct(OpenContext, args),
      () => Reflect.construct(OpenContext, args, Object),
      () => new (aContext().build().constructor as AnyClass)(...args),
      () => new Forged(...args),
    ]) {
      expect(forge).toThrow(ContextIsolationError);
    }
  });

  it.each([
    ['a look-alike', aContext().build().toJSON()],
    ['a copy', { ...aContext().build() }],
    ['a clone', structuredClone(aContext().build())],
    ['an object with its prototype', Object.create(UserExecutionContext.prototype)],
    ['an object that inherits from one', Object.create(aContext().build())],
    ['a proxy of one', new Proxy(aContext().build(), {})],
    ['text', 'context'],
    ['null', null],
    ['nothing', undefined],
  ])('is not done by %s', (_what, value) => {
    expect(() => UserExecutionContext.verify(value)).toThrow(ContextIsolationError);
  });

  it('is recognised when real', () => {
    const context = aContext().build();
    expect(UserExecutionContext.verify(context)).toBe(context);
  });
});
