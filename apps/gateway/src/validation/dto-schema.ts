import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

/** A JSON Schema (draft 2020-12), as far as rules of class-validator say it. */
export type FieldSchema = Readonly<Record<string, unknown>>;

/** The meaning of each rule of class-validator in JSON Schema, by the rule's own name. */
const meanings: Readonly<Record<string, (...limits: readonly unknown[]) => FieldSchema>> = {
  isString: () => ({ type: 'string' }),
  isNotEmpty: () => ({ minLength: 1 }),
  minLength: (minLength) => ({ minLength }),
  maxLength: (maxLength) => ({ maxLength }),
  isLength: (minLength, maxLength) => ({ minLength, maxLength }),
  matches: (pattern) => ({ pattern: (pattern as RegExp).source }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isInt: () => ({ type: 'integer' }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  isBoolean: () => ({ type: 'boolean' }),
  isIn: (values) => ({ enum: values }),
  isArray: () => ({ type: 'array' }),
  arrayMaxSize: (maxItems) => ({ maxItems }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayUnique: () => ({ uniqueItems: true }),
  isEmail: () => ({ type: 'string', format: 'email' }),
  // Only ever beside a pattern that says more.
  isIso8601: () => ({ type: 'string' }),
  isObject: () => ({ type: 'object' }),
};

/** A DTO's fields by their rules, and which of them may be absent. */
interface DescribedFields {
  readonly fields: Readonly<Record<string, FieldSchema>>;
  readonly optional: ReadonlySet<string>;
}

/**
 * The fields of a DTO, from the rules that it is validated with. Source: class-validator.
 * @throws Error for a rule that has no meaning above: the document would promise too much
 */
export function fieldsOfDto(dto: Type<object>): DescribedFields {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const defaults = new dto() as Readonly<Record<string, unknown>>;
  const fields: Record<string, FieldSchema> = {};
  const optional = new Set<string>();
  for (const { propertyName, type, name = type, constraints, each } of rules) {
    const given = defaults[propertyName];
    const field = (fields[propertyName] ??= given === undefined ? {} : { default: given });
    if (type === 'conditionalValidation') optional.add(propertyName);
    else {
      const meaning = meanings[name];
      if (!meaning) throw new Error(`There is no JSON Schema for ${name} of ${dto.name}.${propertyName}.`);
      const keywords = meaning(...((constraints as unknown[] | undefined) ?? []));
      fields[propertyName] = each ? withItems(field, keywords) : { ...field, ...keywords };
    }
    if (given !== undefined) optional.add(propertyName);
  }
  return { fields, optional };
}

/** The JSON Schema of the objects that a DTO accepts. @throws Error, as `fieldsOfDto` */
export function schemaOfDto(dto: Type<object>): FieldSchema {
  const { fields, optional } = fieldsOfDto(dto);
  const required = Object.keys(fields).filter((name) => !optional.has(name));
  return {
    type: 'object',
    properties: fields,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

const withItems = ({ items, ...field }: FieldSchema, keywords: FieldSchema): FieldSchema => ({
  ...field,
  items: { ...(items as FieldSchema | undefined), ...keywords },
});
