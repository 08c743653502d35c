import { ContextIsolationError, type JsonRecord } from '@bulkhead/user-context';
import { aContext, aLookAlike, anIdentity } from '@bulkhead/user-context/testing';
import { AuthorizedToolCall } from './authorized-tool-call.ts';
import { SpyTool } from '../testing/index.ts';
import { ToolRegistry } from '../registry/tool-registry.service.ts';
import { hashArguments, type ToolApproval } from './tool-approval.ts';
import {
  ApprovalMissingError,
  ApprovalRefusedError,
  InvalidToolArgumentsError,
  ToolNotPermittedError,
} from '../tools.errors.ts';

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

describe('the arguments of an authorized tool call', () => {
  const strict = Object.assign(new SpyTool('strict'), {
    parameters: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] } as const,
  });
  registry.register(strict);
  const authorizeStrict = (args: unknown) => authorize(holder, ['strict'], args, 'strict');

  it.each([{}, { a: '1' }, { a: 1, b: 2 }])(
    "are refused when they are not what the tool's schema says: %j",
    (args) => {
      expect(() => authorizeStrict(args)).toThrow(InvalidToolArgumentsError);
    },
  );

  it.each([[null], ['text'], [7], [true], [[]], [[{ a: 1 }]]])(
    'are refused when they are no object, whatever the schema would say: %j',
    (args: unknown) => {
      expect(() => authorizeStrict(args)).toThrow('arguments must be a JSON object');
    },
  );

  it('are accepted when they are', () => {
    expect(authorizeStrict({ a: 1 }).args).toEqual({ a: 1 });
  });
});

describe('a call of a tool that needs approval', () => {
  registry.register(Object.assign(new SpyTool('risky'), { approval: 'required' as const }));
  const risky = { toolCallId: '1.1', toolName: 'risky', arguments: { amount: 10, to: 'ben' } };
  const riskyCaller = { agentName: 'assistant', permittedTools: ['risky'] };
  const check = (args: object, approval?: ToolApproval) =>
    AuthorizedToolCall.authorize(holder, registry, riskyCaller, {
      ...risky,
      arguments: args,
      ...(approval && { approval }),
    });
  const approved = (args: JsonRecord): ToolApproval => ({
    decision: 'approved',
    argumentsHash: hashArguments(args),
  });

  it('is made with an approval of exactly its arguments, however they are written', () => {
    expect(check(risky.arguments, approved(risky.arguments)).tool.name).toBe('risky');
    expect(check({ to: 'ben', amount: 10 }, approved(risky.arguments)).tool.name).toBe('risky');
  });

  it('is not made without an approval, nor with one of other arguments', () => {
    expect(() => check(risky.arguments)).toThrow(ApprovalMissingError);
    expect(() => check({ amount: 1_000, to: 'ben' }, approved(risky.arguments))).toThrow(
      ApprovalMissingError,
    );
  });

  it('is not made against its owner, and says why', () => {
    const refusal = { argumentsHash: hashArguments(risky.arguments), reason: 'too much' };
    expect(() => check(risky.arguments, { ...refusal, decision: 'refused' })).toThrow(
      new ApprovalRefusedError('refused', 'too much'),
    );
    expect(() => check(risky.arguments, { ...refusal, decision: 'expired' })).toThrow(ApprovalRefusedError);
  });

  it('is asked about when it lacks nothing else', () => {
    const asked = (args: unknown, permittedTools = ['risky']) =>
      AuthorizedToolCall.approvable(
        holder,
        registry,
        { ...riskyCaller, permittedTools },
        { ...risky, arguments: args },
      );
    expect(asked(risky.arguments)).toEqual(risky.arguments);
    expect(asked('ten')).toBeUndefined();
    expect(asked(risky.arguments, [])).toBeUndefined();
    expect(AuthorizedToolCall.approvable(holder, registry, caller, call)).toBeUndefined();
  });
});
