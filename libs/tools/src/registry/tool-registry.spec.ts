import type { JsonValue } from '@bulkhead/user-context';
import fc from 'fast-check';
import { SpyTool } from '../testing/index.ts';
import type { ParameterSchema, Tool } from './tool.contract.ts';
import { ToolRegistry } from './tool-registry.service.ts';
import { InvalidToolArgumentsError, ToolRegistrationError } from '../tools.errors.ts';

const toolWith = (parameters: unknown): Tool => {
  const { name, description, permission, sideEffect } = new SpyTool('spy');
  const execute = (): Promise<JsonValue> => Promise.resolve(null);
  return { name, description, permission, sideEffect, parameters: parameters as ParameterSchema, execute };
};
const registryWith = (parameters: unknown): ToolRegistry => {
  const registry = new ToolRegistry();
  registry.register(toolWith(parameters));
  return registry;
};
const refusalOf = (registry: ToolRegistry, args: unknown): InvalidToolArgumentsError => {
  try {
    registry.validate('spy', args);
  } catch (error) {
    if (error instanceof InvalidToolArgumentsError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('the registry', () => {
  it('knows a tool by its name', () => {
    const registry = new ToolRegistry();
    const tool = new SpyTool('spy');
    registry.register(tool);
    expect(registry.find('spy')).toBe(tool);
  });

  it.each(['absent', '', '__proto__', 'constructor', 'toString'])('knows no tool %p', (name) => {
    const registry = registryWith({ type: 'object' });
    expect(registry.find(name)).toBeUndefined();
    expect(() => registry.validate(name, {})).toThrow(InvalidToolArgumentsError);
  });

  it('refuses a second tool of one name and keeps the first', () => {
    const registry = new ToolRegistry();
    const first = new SpyTool('spy');
    registry.register(first);
    expect(() => registry.register(new SpyTool('spy'))).toThrow(
      new ToolRegistrationError('Two tools are named spy.'),
    );
    expect(registry.find('spy')).toBe(first);
  });

  it.each([
    ['a type that there is not', { type: 'thing' }],
    ['a keyword that there is not', { type: 'object', propertys: {} }],
    ['a format that nobody checks', { type: 'object', properties: { a: { type: 'string', format: 'x' } } }],
    ['a reference to nowhere', { type: 'object', properties: { a: { $ref: '#/$defs/absent' } } }],
    ['a required field that it does not describe', { type: 'object', required: 5 }],
  ])('refuses a schema with %s, and registers nothing then', (_what, parameters) => {
    const registry = new ToolRegistry();
    expect(() => registry.register(toolWith(parameters))).toThrow(ToolRegistrationError);
    expect(registry.find('spy')).toBeUndefined();
  });
});

describe('arguments', () => {
  const registry = registryWith({
    type: 'object',
    properties: {
      text: { type: 'string', minLength: 1, maxLength: 5, pattern: '^[a-z]+$' },
      mode: { enum: ['fast', 'slow'] },
      place: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
      list: { type: 'array', items: { type: 'integer', maximum: 9 } },
    },
    required: ['text'],
  });

  it('that match the schema pass', () => {
    const args = { text: 'abc', mode: 'fast', place: { city: 'Oslo' }, list: [1, 2] };
    expect(() => registry.validate('spy', args)).not.toThrow();
  });

  it.each([
    ['text', { text: 5 }],
    ['text', { text: '' }],
    ['text', { text: 'canary' }],
    ['text', { text: 'CAN' }],
    ['text', {}],
    ['text', { mode: 'fast' }],
    ['mode', { text: 'a', mode: 'canary' }],
    ['place', { text: 'a', place: 'canary' }],
    ['place.city', { text: 'a', place: {} }],
    ['place.city', { text: 'a', place: { city: ['canary'] } }],
    ['place.extra', { text: 'a', place: { city: 'Oslo', extra: 'canary' } }],
    ['list.1', { text: 'a', list: [1, 'canary'] }],
    ['list.0', { text: 'a', list: [424242] }],
    ['extra', { text: 'a', extra: 'canary' }],
  ])('are refused by the name of the field: %s in %j', (field, args) => {
    const error = refusalOf(registry, args);
    expect(error.details).toEqual({ field });
    expect(error.message).toMatch(new RegExp(`^${field.replace('.', '\\.')} `));
    expect(error.message).not.toMatch(/canary|424242|CAN/);
  });

  it.each([undefined, null, 'text', 5, [], [{ text: 'a' }]])('that are no object are refused: %j', (args) => {
    expect(refusalOf(registry, args).details).toEqual({ field: 'arguments' });
  });

  it('that the schema does not know are refused, unless it says otherwise', () => {
    expect(() => registryWith({ type: 'object' }).validate('spy', { any: 1 })).toThrow();
    const open = { type: 'object', additionalProperties: true };
    expect(() => registryWith(open).validate('spy', { any: 1 })).not.toThrow();
  });

  it('hidden in the prototype do not count, and the prototype can not be given', () => {
    const inherited = Object.create({ text: 'abc' }) as object;
    expect(refusalOf(registry, inherited).details).toEqual({ field: 'text' });
    expect(refusalOf(registry, JSON.parse('{"text":"abc","__proto__":{}}')).code).toBe(
      'invalid_tool_arguments',
    );
  });

  it('are never repeated in a refusal, whatever they are', () => {
    const canary = 'canary-7f3a';
    const anyArgs = fc.dictionary(
      fc.constantFrom('text', 'mode', 'place', 'list', 'other'),
      fc.constantFrom<unknown>(
        canary,
        [canary],
        { city: [canary] },
        { [`x`]: canary },
        { city: 1, a: canary },
      ),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(anyArgs, (args) => {
        const { message, details } = refusalOf(registry, args);
        expect(JSON.stringify({ message, details })).not.toContain(canary);
      }),
    );
  });
});

describe('a tool whose check is not what models are told', () => {
  const parameters = { type: 'object', properties: { q: { type: 'string' } } } as const;
  const checkedParameters = {
    type: 'object',
    properties: { q: { type: ['string', 'null'] }, r: {} },
    required: ['r'],
    additionalProperties: false,
  } as const;

  it('is told by the one and checked by the other', () => {
    const registry = new ToolRegistry();
    registry.register({ ...toolWith(parameters), checkedParameters });
    expect(registry.schemaOf('spy')).toBe(parameters);
    expect(registry.validate('spy', { q: null, r: 1 })).toEqual({ q: null, r: 1 });
    expect(refusalOf(registry, { q: 5, r: 1 }).message).toContain('q must be string,null');
  });
});

describe('a field that a tool does not have', () => {
  it('is refused by its name, wherever it stands', () => {
    const inner = { type: 'object', properties: { b: {} }, additionalProperties: false };
    const registry = registryWith({ type: 'object', properties: { a: inner } });
    expect(refusalOf(registry, { limt: 1 }).message).toMatch(/^limt is not a parameter of this tool\./);
    expect(refusalOf(registry, { a: { c: 1 } }).message).toMatch(/^a\.c is not a parameter of this tool\./);
    expect(refusalOf(registry, { ['x'.repeat(10_000)]: 1 }).message.length).toBeLessThan(400);
  });
});
