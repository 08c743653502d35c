import type { Type } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { getMetadataStorage } from 'class-validator';
import { fieldsOfDto } from '../../validation/dto-schema.ts';

/** Where @nestjs/swagger keeps the properties of a model, on its prototype. */
const PROPERTY = 'swagger/apiModelProperties';
const NAMES = 'swagger/apiModelPropertiesArray';

/**
 * Completes the documented properties of every request DTO by the rules that it is validated with, so that the document
 * is as tight as the server. Call it before the document is made.
 * @throws Error for a field that is validated and not documented, or the other way round
 */
export function describeValidation(discovery: DiscoveryService): void {
  for (const dto of requestDtos(discovery)) {
    const prototype = dto.prototype as object;
    // Documented by a schema of its own, where the rules are not class-validator's.
    if (!Reflect.hasMetadata(NAMES, prototype)) continue;
    const { fields, optional } = fieldsOfDto(dto);
    const documented = ((Reflect.getMetadata(NAMES, prototype) as string[] | undefined) ?? []).map((name) =>
      name.slice(1),
    );
    for (const name of new Set([...documented, ...Object.keys(fields)])) {
      const rules = fields[name];
      if (!rules || !documented.includes(name)) {
        throw new Error(`${dto.name}.${name} must be both validated and documented.`);
      }
      const property = Reflect.getMetadata(PROPERTY, prototype, name) as Readonly<Record<string, unknown>>;
      const required = !optional.has(name);
      Reflect.defineMetadata(
        PROPERTY,
        { ...property, ...merged(property, rules), required },
        prototype,
        name,
      );
    }
  }
}

/** An array is declared by its items: only its own limits are added. */
function merged(property: Rules, { type, ...rules }: Rules): object {
  if (type === 'array') return { ...rules, items: undefined };
  return { ...rules, ...(type !== undefined && !property['nullable'] && { type }) };
}

type Rules = Readonly<Record<string, unknown>>;

/** Every class with rules that a controller's method takes. */
function requestDtos(discovery: DiscoveryService): ReadonlySet<Type<object>> {
  const storage = getMetadataStorage();
  const parameters = discovery.getControllers().flatMap(({ metatype }) => {
    const prototype = metatype?.prototype as object | undefined;
    if (!prototype) return [];
    return Object.getOwnPropertyNames(prototype).flatMap(
      (name) =>
        (Reflect.getMetadata('design:paramtypes', prototype, name) as Type<object>[] | undefined) ?? [],
    );
  });
  return new Set(
    parameters.filter(
      (type) =>
        typeof type === 'function' && storage.getTargetValidationMetadatas(type, '', false, false).length > 0,
    ),
  );
}
