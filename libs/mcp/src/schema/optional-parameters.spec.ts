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

describe('a parameter that Pydantic calls optional', () => {
  const optional = { anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }], default: null, title: 'Q' };

  it('is told as what it is, and can be left out', () => {
    expect(toldOf(optional)).toEqual({ type: 'string', maxLength: 5, title: 'Q' });
  });

  it('is checked as what it is, or null', () => {
    const schema = { type: 'object', properties: { q: optional } };
    expect([{ q: 'a' }, { q: null }, {}].map((args) => accepts(schema, args))).toEqual([true, true, true]);
    expect([{ q: 5 }, { q: 'abcdef' }].map((args) => accepts(schema, args))).toEqual([false, false]);
  });

  it('is told with null where it can not be left out', () => {
    expect(toldOf(optional, { required: ['p'] })).toMatchObject({ type: ['string', 'null'] });
  });

  it('of several types keeps them all', () => {
    const either = { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] };
    expect(toldOf(either)).toEqual({ anyOf: [{ type: 'string' }, { type: 'integer' }] });
  });
});

describe('null for an optional parameter', () => {
  const schema = {
    type: 'object',
    properties: {
      plain: { type: 'string' },
      nullable: { type: ['string', 'null'] },
      needed: { type: 'string' },
      filter: { type: 'object', properties: { city: { type: 'string' } } },
      list: { type: 'array', items: { type: 'object', properties: { city: { type: 'string' } } } },
    },
    required: ['needed'],
  };

  it('is valid, and left out where the server would not take it', () => {
    const args = {
      plain: null,
      nullable: null,
      needed: 'x',
      filter: { city: null },
      list: [{ city: null }],
      other: null,
    };
    expect(accepts(schema, args)).toBe(true);
    expect(schemasOf(schema).withoutNulls(args)).toEqual({
      nullable: null,
      needed: 'x',
      filter: {},
      list: [{}],
      other: null,
    });
  });

  it('is refused where the parameter is required', () => {
    expect(accepts(schema, { needed: null })).toBe(false);
  });
});
