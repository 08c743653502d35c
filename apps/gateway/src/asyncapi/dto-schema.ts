import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { JsonSchema } from './json-schema.ts';

/** What a rule of class-validator means in JSON Schema, by the rule's own name. */
const meanings: Readonly<Record<string, (...limits: readonly unknown[]) => JsonSchema>> = {
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
  isObject: () => ({ type: 'object' }),
};

/**
 * The JSON Schema of what a DTO accepts, from the rules that it is validated with. Source: class-validator.
 * @throws Error for a rule that has no meaning above: the document would promise too much
 */
export function schemaOfDto(dto: Type<object>): JsonSchema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const defaults = new dto() as Readonly<Record<string, unknown>>;
  const properties: Record<string, JsonSchema> = {};
  const optional = new Set<string>();
  for (const { propertyName, type, name = type, constraints } of rules) {
    const property = (properties[propertyName] ??= defaultOf(defaults[propertyName]));
    if (type === 'conditionalValidation') optional.add(propertyName);
    else {
      const meaning = meanings[name];
      if (!meaning) throw new Error(`There is no JSON Schema for ${name} of ${dto.name}.${propertyName}.`);
      properties[propertyName] = {
        ...property,
        ...meaning(...((constraints as unknown[] | undefined) ?? [])),
      };
    }
  }
  const required = Object.keys(properties).filter((name) => !optional.has(name));
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

const defaultOf = (value: unknown): JsonSchema => (value === undefined ? {} : { default: value });
