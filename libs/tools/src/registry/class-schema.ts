import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import type { ArgumentsClass, ParameterSchema } from './tool.contract.ts';
import { ToolRegistrationError } from '../tools.errors.ts';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Keywords = (constraints: readonly JsonValue[]) => JsonRecord;
type Saying = readonly [type: string | undefined, keywords: Keywords];

/** The JSON type that a rule asks for by itself. */
const types: ReadonlyMap<unknown, string> = new Map([
  ['isString', 'string'],
  ['isBoolean', 'boolean'],
  ['isInt', 'integer'],
  ['isNumber', 'number'],
  ['isObject', 'object'],
]);

/** What a rule says in a schema, and the type of the values that it is about. */
const sayings: ReadonlyMap<unknown, Saying> = new Map<unknown, Saying>([
  ['isObject', ['object', () => ({ additionalProperties: true })]],
  ['minLength', ['string', ([minLength = 0]) => ({ minLength })]],
  ['maxLength', ['string', ([maxLength = 0]) => ({ maxLength })]],
  [
    'isLength',
    [
      'string',
      ([minLength = 0, maxLength]) => ({ minLength, ...(maxLength !== undefined && { maxLength }) }),
    ],
  ],
  ['min', ['number', ([minimum = 0]) => ({ minimum })]],
  ['max', ['number', ([maximum = 0]) => ({ maximum })]],
  ['isPositive', ['number', () => ({ exclusiveMinimum: 0 })]],
  ['isNegative', ['number', () => ({ exclusiveMaximum: 0 })]],
  ['isDivisibleBy', ['number', ([multipleOf = 1]) => ({ multipleOf })]],
  ['isIn', [undefined, ([values = []]) => ({ enum: values })]],
  ['isEnum', [undefined, ([, values = []]) => ({ enum: values })]],
  ['equals', [undefined, ([value = null]) => ({ const: value })]],
  ['arrayMinSize', ['array', ([minItems = 0]) => ({ minItems })]],
  ['arrayMaxSize', ['array', ([maxItems = 0]) => ({ maxItems })]],
  ['arrayNotEmpty', ['array', () => ({ minItems: 1 })]],
]);

/**
 * What a model is told of a class with rules of class-validator: types, lengths, limits, choices, nested classes. Other
 * rules are checked without being told. `{ context: { description } }` of a rule describes the field.
 * @throws ToolRegistrationError for a class without rules, and for what JSON or a synchronous check can't say
 */
export function schemaOfClass(type: ArgumentsClass, within: readonly ArgumentsClass[] = []): ParameterSchema {
  if (within.includes(type)) throw new ToolRegistrationError(`${type.name} contains itself.`);
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(type, '', false, false);
  if (rules.length === 0) throw new ToolRegistrationError(`${type.name} has no rules of class-validator.`);
  const properties: Record<string, JsonRecord> = {};
  const required: string[] = [];
  for (const [name, ofField] of Object.entries(storage.groupByPropertyName(rules))) {
    const field = `${type.name}.${name}`;
    if (ofField.some(isUnsupported))
      throw new ToolRegistrationError(`${field} has a rule that depends on others or is asynchronous.`);
    const nested = ofField.some((rule) => rule.type === 'nestedValidation')
      ? schemaOfClass(nestedClassOf(type, name), [...within, type])
      : undefined;
    properties[name] = { ...describe(ofField), ...schemaOfField(ofField, designOf(type, name), nested) };
    if (!ofField.some(isOptional)) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

function schemaOfField(rules: readonly Rule[], design: string | undefined, nested?: JsonRecord): JsonRecord {
  const ofItems = rules.filter((rule) => rule.each);
  const isList = design === 'array' || ofItems.length > 0 || rules.some(({ name }) => name === 'isArray');
  if (!isList) return nested ?? schemaOfValue(rules, design);
  const items = nested ?? schemaOfValue(ofItems);
  return { ...schemaOfValue(rules.filter((rule) => !rule.each)), type: 'array', items };
}

function schemaOfValue(rules: readonly Rule[], design?: string): JsonRecord {
  const known = rules.map(({ name }) => sayings.get(name)).filter((it) => it !== undefined);
  const asked = rules.map(({ name }) => types.get(name)).find((it) => it !== undefined);
  const type = asked ?? design ?? known.map(([of]) => of).find((it) => it !== undefined);
  const keywords = rules.map(({ name, constraints }) => sayings.get(name)?.[1](constraints ?? []));
  return Object.assign(type === undefined ? {} : { type }, ...keywords) as JsonRecord;
}

const isUnsupported = ({ type, name, constraintCls }: Rule): boolean =>
  (type === 'conditionalValidation' && name !== 'isOptional') ||
  type === 'promiseValidation' ||
  (constraintCls !== undefined &&
    getMetadataStorage()
      .getTargetValidatorConstraints(constraintCls)
      .some(({ async }) => async));
const isOptional = ({ type }: Rule): boolean =>
  type === 'conditionalValidation' || type === 'whitelistValidation';

function describe(rules: readonly Rule[]): JsonRecord {
  const contexts = rules.map(({ context }) => context as { description?: unknown } | undefined);
  const description = contexts.find((it) => typeof it?.description === 'string')?.description;
  return typeof description === 'string' ? { description } : {};
}

const designs: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Array, 'array'],
]);
const designOf = (type: ArgumentsClass, name: string): string | undefined =>
  designs.get(Reflect.getMetadata('design:type', type.prototype as object, name));

/** What the `@Type` of a field makes of an object. */
function nestedClassOf(type: ArgumentsClass, name: string): ArgumentsClass {
  const made = (plainToInstance(type, { [name]: {} }) as Record<string, object>)[name];
  if (!made || made.constructor === Object)
    throw new ToolRegistrationError(`${type.name}.${name} needs the class of its objects: @Type(() => …).`);
  return made.constructor as ArgumentsClass;
}
