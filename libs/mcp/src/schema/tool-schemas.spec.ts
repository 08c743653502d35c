import { Ajv2020 } from 'ajv/dist/2020.js';
import { toolSchemas, type ToolSchemas } from './tool-schemas.ts';

const schemasOf = (schema: unknown): ToolSchemas => {
  const schemas = toolSchemas(schema);
  if (typeof schemas === 'string') throw new Error(schemas);
  return schemas;
};
const told = (schema: unknown): Record<string, unknown> => schemasOf(schema).told;
/** What a model is told of one optional parameter. */
const toldOf = (property: unknown, rest = {}): unknown =>
  (told({ type: 'object', properties: { p: property }, ...rest })['properties'] as Record<string, unknown>)[
    'p'
  ];
const accepts = (schema: unknown, args: object): boolean =>
  new Ajv2020({ strict: false }).validate(schemasOf(schema).checked, args);

describe('a schema whose meaning is clear', () => {
  it.each([
    ['is not there', undefined],
    ['is null', null],
    ['is empty', {}],
    ['has a type that says nothing', { type: 'any' }],
    ['may also be null', { type: ['object', 'null'] }],
  ])('that %s takes named parameters of any kind', (_what, schema) => {
    expect(told(schema)).toMatchObject({ type: 'object', additionalProperties: true });
    expect(accepts(schema, { a: 1 })).toBe(true);
  });

  it('needs no type where it has properties', () => {
    expect(told({ properties: { a: { type: 'string' } } })).toMatchObject({ type: 'object' });
  });

  it('may come as one of several sets of parameters, which become one', () => {
    const one = { type: 'object', properties: { id: { type: 'string' }, in: { type: 'string' } } };
    const other = { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] };
    for (const keyword of ['anyOf', 'oneOf']) {
      const schema = { [keyword]: [{ ...one, required: ['id'] }, other] };
      expect(told(schema)).toMatchObject({
        type: 'object',
        properties: { id: { type: 'string' }, in: { type: 'string' }, url: { type: 'string' } },
        description: 'Give one of these sets: id; or url.',
      });
      expect(told(schema)).not.toHaveProperty(keyword);
      expect(told(schema)).not.toHaveProperty('required');
      expect(accepts(schema, { url: 'x' })).toBe(true);
    }
  });

  it('may be put together from parts', () => {
    const part = (name: string) => ({ properties: { [name]: { type: 'string' } }, required: [name] });
    expect(told({ allOf: [part('a'), part('b')] })).toMatchObject({
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      required: ['a', 'b'],
    });
  });
});

describe('a schema that nobody can use', () => {
  const deep = Array.from({ length: 5_000 }).reduce<object>((inner) => ({ properties: { a: inner } }), {});
  it.each([
    ['a text', 'hello', 'is no JSON object'],
    ['a list', [], 'is no JSON object'],
    ['a refusal of everything', false, 'is no JSON object'],
    ['a schema of a text', { type: 'string' }, 'takes string instead of named parameters'],
    ['a schema of texts', { anyOf: [{ type: 'string' }] }, 'takes string instead of'],
    ['a large one', { description: 'x'.repeat(40_000) }, 'more than 32768 bytes'],
    ['a deep one', deep, 'more than 200 levels'],
    ['a name that looks like another', { properties: { 'a\u200Bb': {} } }, 'hidden characters'],
  ])('is told as such: %s', (_what, schema, reason) => {
    expect(toolSchemas(schema)).toContain(reason);
  });
});

describe('an odd part of a schema is mended or dropped', () => {
  it.each([
    [
      'draft 4’s exclusive minimum',
      { type: 'number', minimum: 3, exclusiveMinimum: true },
      { type: 'number', exclusiveMinimum: 3 },
    ],
    ['draft 4’s exclusive maximum', { maximum: 3, exclusiveMaximum: true }, { exclusiveMaximum: 3 }],
    ['draft 4’s inclusive minimum', { minimum: 3, exclusiveMinimum: false }, { minimum: 3 }],
    ['an exclusive minimum of nothing', { exclusiveMinimum: true }, {}],
    ['a limit that is no number', { minimum: '3', maxLength: -1, minItems: 1.5 }, {}],
    ['a range that nothing is in', { minimum: 5, maximum: 3 }, {}],
    ['a type that there is not', { type: 'any' }, {}],
    ['a type of another language', { type: 'int' }, { type: 'integer' }],
    ['types as a list', { type: ['string', 'null'] }, { type: 'string' }],
    ['an empty choice', { type: 'string', enum: [] }, { type: 'string' }],
    ['a choice that is said twice', { enum: ['a', 'a', 'b'] }, { type: 'string', enum: ['a', 'b'] }],
    ['a choice of objects', { enum: [{ valueOf: 1 }] }, {}],
    ['a constant', { const: 'a' }, { type: 'string', enum: ['a'] }],
    [
      'constants as branches',
      { oneOf: [{ const: 'a' }, { const: 'b' }] },
      { type: 'string', enum: ['a', 'b'] },
    ],
    ['properties that are none', { type: 'object', properties: 5 }, { type: 'object' }],
    ['a schema that is none', 'string', {}],
    ['OpenAPI’s word for null', { type: 'string', nullable: true }, { type: 'string' }],
    [
      'a pattern',
      { type: 'string', pattern: '^(a+)+$' },
      { type: 'string', description: '(pattern: ^(a+)+$)' },
    ],
    [
      'a format',
      { type: 'string', format: 'uri', description: 'Where.' },
      { type: 'string', description: 'Where. (format: uri)' },
    ],
    [
      'items one by one',
      { type: 'array', items: [{ type: 'string' }, { type: 'number' }] },
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
    ],
    [
      'a rule that is not checked here',
      { type: 'string', not: { const: 'x' } },
      { type: 'string', description: '(The server checks more.)' },
    ],
  ])('%s', (_what, property, expected) => {
    expect(toldOf(property)).toEqual(expected);
  });

  it.each([
    ['a name twice', { required: ['p', 'p'] }, ['p']],
    ['something that is no name', { required: ['p', 5, null] }, ['p']],
    ['no list', { required: true }, undefined],
    ['a parameter that is not described', { required: ['q'] }, ['q']],
  ])('a list of required parameters with %s', (_what, rest, expected) => {
    expect(told({ type: 'object', properties: { p: {} }, ...rest })['required']).toEqual(expected);
  });

  it('a parameter that is required where it is described', () => {
    const schema = { type: 'object', properties: { p: { type: 'string', required: true } } };
    expect(told(schema)).toMatchObject({ properties: { p: { type: 'string' } }, required: ['p'] });
  });

  it('hidden characters in what a model is told', () => {
    const told = toldOf({
      description: 'Say\u{E0041}\u{E0042} \u202Ehello\u200B.\u0007',
      default: 'a\u200Bb',
    });
    expect(told).toEqual({ description: 'Say hello.' });
  });
});

describe('a reference', () => {
  const city = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  it.each([
    ['a definition', { $ref: '#/$defs/City' }, { $defs: { City: city } }],
    ['a definition of draft 7', { $ref: '#/definitions/City' }, { definitions: { City: city } }],
    ['an anchor', { $ref: '#city' }, { $defs: { City: { $anchor: 'city', ...city } } }],
    ['a definition with a slash in its name', { $ref: '#/$defs/a~1b' }, { $defs: { 'a/b': city } }],
    [
      'a definition by way of another',
      { $ref: '#/$defs/A' },
      { $defs: { A: { $ref: '#/$defs/B' }, B: city } },
    ],
    [
      'a definition, or null',
      { anyOf: [{ $ref: '#/$defs/City' }, { type: 'null' }] },
      { $defs: { City: city } },
    ],
  ])('to %s is put in place, for the model and for the check', (_what, property, definitions) => {
    expect(toldOf(property, definitions)).toEqual(city);
    const schema = { type: 'object', properties: { p: property }, ...definitions };
    expect([{ p: { name: 'x' } }, { p: {} }].map((args) => accepts(schema, args))).toEqual([true, false]);
  });

  it.each([
    ['to nowhere', { $ref: '#/$defs/Absent' }],
    ['to another document', { $ref: 'https://schemas.example/city.json' }],
    ['that is no URL', { $ref: '#/%E0%A4%A' }],
    ['to what everything inherits', { $ref: '#/constructor' }],
  ])('%s takes anything', (_what, property) => {
    expect(toldOf(property)).toEqual({ description: 'Described by its server only.' });
    expect(accepts({ type: 'object', properties: { p: property } }, { p: [1] })).toBe(true);
  });

  it('that comes back to itself ends there', () => {
    const tree = {
      type: 'object',
      properties: { below: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
    };
    expect(toldOf({ $ref: '#/$defs/Tree' }, { $defs: { Tree: tree } })).toEqual({
      type: 'object',
      properties: {
        below: {
          type: 'array',
          items: { type: 'object', description: 'Of the same shape as what it is part of.' },
        },
      },
    });
    expect(toldOf({ $ref: '#/$defs/A' }, { $defs: { A: { $ref: '#/$defs/A' } } })).toMatchObject({});
  });

  it('whose copies would multiply without end is bounded', () => {
    const twice = (next: string) => ({ properties: { a: { $ref: next }, b: { $ref: next } } });
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`D${i}`, twice(`#/$defs/D${i + 1}`)]),
    );
    const schemas = toolSchemas({ $ref: '#/$defs/D0', $defs });
    expect(typeof schemas === 'string' ? schemas : JSON.stringify(schemas.told).length).toEqual(
      typeof schemas === 'string' ? expect.stringContaining('bytes') : expect.any(Number),
    );
  });
});

describe('unknown parameters', () => {
  it.each([
    ['are refused where the schema is closed', { additionalProperties: false }, false],
    ['are the server’s to judge where it is open', {}, true],
    ['are the server’s to judge where others add to it', { additionalProperties: false, allOf: [{}] }, true],
    [
      'are the server’s to judge where names follow a pattern',
      { additionalProperties: false, patternProperties: {} },
      true,
    ],
  ])('%s', (_what, rest, isAccepted) => {
    expect(accepts({ type: 'object', properties: { p: {} }, ...rest }, { q: 1 })).toBe(isAccepted);
  });
});
