import type { ParameterSchema } from '@bulkhead/tools';
import type { JsonRecord, JsonValue } from '@bulkhead/user-context';

const MAX_SCHEMA_BYTES = 32_768;
const MAX_DEPTH = 16;
/** What can be checked in time that is proportional to what is checked: no patterns, no references, no combinations. */
const checked: ReadonlySet<string> = new Set([
  ...['type', 'required', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'description', 'title', 'default'],
]);

/** A schema that an external server gave, cut down to what we check ourselves; the server checks the rest. Undefined when it is none. */
export function parametersFrom(schema: unknown): ParameterSchema | undefined {
  if (!isRecord(schema) || schema['type'] !== 'object') return undefined;
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_SCHEMA_BYTES) return undefined;
  return { ...cutDown(schema, 0), type: 'object' };
}

function cutDown(schema: JsonRecord, depth: number): JsonRecord {
  const kept = Object.entries(schema).filter(([keyword]) => checked.has(keyword));
  const { properties, items } = schema;
  const isDeep = depth >= MAX_DEPTH;
  return {
    ...Object.fromEntries(kept),
    ...(isRecord(properties) && !isDeep && { properties: mapValues(properties, depth) }),
    ...(isRecord(items) && !isDeep && { items: cutDown(items, depth + 1) }),
    ...(schema['type'] === 'object' && { additionalProperties: schema['additionalProperties'] !== false }),
  };
}

const mapValues = (properties: JsonRecord, depth: number): JsonRecord =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      isRecord(value) ? cutDown(value, depth + 1) : {},
    ]),
  );

const isRecord = (value: unknown): value is JsonRecord & Record<string, JsonValue> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
