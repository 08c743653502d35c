import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { toolSchemas } from './tool-schemas.ts';

/** Anything that a server could take for a schema, with keywords where they belong and where they don't. */
const odd = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, false, 'string', 5, [], {}),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'type',
          'properties',
          'required',
          'items',
          'prefixItems',
          'enum',
          'const',
          'anyOf',
          'oneOf',
          'allOf',
          'not',
        ],
        ...[
          '$ref',
          '$defs',
          'minimum',
          'exclusiveMinimum',
          'maxLength',
          'pattern',
          'format',
          'additionalProperties',
        ],
        ...['nullable', 'description', 'default', 'a', '__proto__', 'constructor'],
      ),
      fc.oneof(
        tie('schema'),
        fc.array(tie('schema'), { maxLength: 3 }),
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom(
          'object',
          'any',
          '#',
          '#/properties/a',
          '#/$defs/a',
          '(a+)+$',
          ['object', 'null'],
          ['a', 'a'],
        ),
      ),
      { maxKeys: 6 },
    ),
  ),
})).schema;

describe('any schema at all', () => {
  it('gives two schemas that can be compiled, told without references and odd words, or a reason', () => {
    fc.assert(
      fc.property(odd, (schema) => {
        const schemas = toolSchemas(schema);
        if (typeof schemas === 'string') return expect(schemas).not.toBe('');
        const text = JSON.stringify(schemas.told);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32_768);
        expect(schemas.told.type).toBe('object');
        expect(keywordsIn(schemas.told).filter((keyword) => !known.has(keyword))).toEqual([]);
        new Ajv2020({ strict: false }).compile(schemas.told);
        new Ajv2020({ strict: false }).compile(schemas.checked);
      }),
      { numRuns: 200 },
    );
  });

  it('takes every call that its check takes after nulls are left out as well', () => {
    fc.assert(
      fc.property(
        odd,
        fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue({ maxDepth: 2 })),
        (schema, args) => {
          const schemas = toolSchemas(schema);
          if (typeof schemas === 'string') return;
          const validate = new Ajv2020({ strict: false }).compile(schemas.checked);
          if (validate(args)) expect(validate(schemas.withoutNulls(args as never))).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

const known: ReadonlySet<string> = new Set([
  ...[
    'type',
    'properties',
    'required',
    'items',
    'enum',
    'anyOf',
    'additionalProperties',
    'title',
    'description',
  ],
  ...['default', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems'],
]);

function keywordsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, items, anyOf, additionalProperties } = schema as Record<string, unknown>;
  const below = [
    ...Object.values(properties ?? {}),
    items,
    additionalProperties,
    ...((anyOf as unknown[]) ?? []),
  ];
  return [...Object.keys(schema), ...below.flatMap(keywordsIn)];
}
