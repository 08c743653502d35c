import { ContextIsolationError } from '@bulkhead/user-context';
import { aContext, aLookAlike, anIdentity } from '@bulkhead/user-context/testing';
import { AuthorizedToolCall } from './authorized-tool-call.ts';
import { SpyTool } from './testing/index.ts';
import { ToolRegistry } from './tool-registry.service.ts';
import { InvalidToolArgumentsError, ToolNotPermittedError } from './tools.errors.ts';

const tool = new SpyTool('spy');
const registry = new ToolRegistry();
registry.register(tool);

const holder = aContext(anIdentity({ permissions: ['tools:spy'] })).build();
const call = { toolCallId: '1.1', toolName: 'spy', arguments: { a: 1 } };
const caller = { agentName: 'assistant', permittedTools: ['spy'] };
const authorize = (
  context = holder,
  permittedTools: readonly string[] = caller.permittedTools,
  args: unknown = call.arguments,
  toolName = call.toolName,
) =>
  AuthorizedToolCall.authorize(
    context,
    registry,
    { ...caller, permittedTools },
    { ...call, toolName, arguments: args },
  );

describe('an authorized tool call', () => {
  it('is made of the tool and the arguments that were checked, and can not change', () => {
    const authorized = authorize();
    expect(authorized.tool).toBe(tool);
    expect(authorized.args).toEqual({ a: 1 });
    expect(Object.isFrozen(authorized)).toBe(true);
    expect(AuthorizedToolCall.verify(authorized)).toBe(authorized);
  });

  it.each([
    ['the user does not hold the permission', aContext().build(), ['spy'], 'spy'],
    [
      'the user holds another',
      aContext(anIdentity({ permissions: ['tools:spy2', 'tools'] })).build(),
      ['spy'],
      'spy',
    ],
    ['the agent does not list the tool', holder, [], 'spy'],
    ['the agent lists all but this one', holder, ['spy2', 'SPY', '*', ''], 'spy'],
    ['there is no such tool', holder, ['absent'], 'absent'],
  ])('is not made when %s', (_why, context, permittedTools, toolName) => {
    expect(() => authorize(context, permittedTools, {}, toolName)).toThrow(new ToolNotPermittedError());
  });

  it.each([undefined, null, 'text', 5, [], ['a']])(
    'is not made of arguments that are no object: %j',
    (args) => {
      // Not through the default of a parameter: undefined is a value here.
      const refused = () =>
        AuthorizedToolCall.authorize(holder, registry, caller, { ...call, arguments: args });
      expect(refused).toThrow(InvalidToolArgumentsError);
    },
  );

  it('does not tell by a refusal of arguments that a tool exists', () => {
    expect(() => authorize(aContext().build(), ['spy'], 'not an object')).toThrow(ToolNotPermittedError);
  });

  it('is not made for a look-alike of a context, whatever permissions that claims', () => {
    const lookAlike = aLookAlike(holder, { identity: { hasPermission: () => true } });
    expect(() => authorize(lookAlike as never)).toThrow(ContextIsolationError);
  });
});

describe('forging an authorized tool call', () => {
  const Constructor: unknown = AuthorizedToolCall;
  const construct = Constructor as new (...parts: unknown[]) => object;

  it.each([
    ['without a key', [tool, {}]],
    ['with a key of its own', [Symbol('AuthorizedToolCall'), tool, {}]],
    ['with a registered key', [Symbol.for('AuthorizedToolCall'), tool, {}]],
    ['with nothing', []],
  ])('by its constructor fails %s', (_how, parts) => {
    expect(() => new construct(...parts)).toThrow(ContextIsolationError);
  });

  it('by a subclass fails', () => {
    class Forged extends construct {}
    expect(() => new Forged(tool, {})).toThrow(ContextIsolationError);
  });

  it.each([
    ['a look-alike', { tool, args: {} }],
    ['a copy', { ...authorize() }],
    ['an object of its prototype', Object.create(AuthorizedToolCall.prototype) as unknown],
    ['an heir of a real one', Object.create(authorize()) as unknown],
    ['a proxy of a real one', new Proxy(authorize(), {})],
    ['nothing', undefined],
    ['null', null],
    ['a text', 'authorized'],
  ])('by %s fails', (_what, forged) => {
    expect(() => AuthorizedToolCall.verify(forged)).toThrow(ContextIsolationError);
  });
});
