import type { JsonRecord, JsonValue } from '@bulkhead/user-context';

/** A plain object; arrays and null are none. */
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !isList(value);

export const isList = (value: unknown): value is readonly JsonValue[] => Array.isArray(value);

/** Names of types, where a normalised schema has any. */
export const typesOf = ({ type }: JsonRecord): readonly string[] | undefined =>
  type === undefined ? undefined : (isList(type) ? type : [type]).map(String);

export const isNullOnly = (node: JsonRecord): boolean => typesOf(node)?.join() === 'null';

/** Whether null is a valid value of a normalised schema. */
export function allowsNull(node: JsonRecord): boolean {
  const { enum: values, anyOf } = node;
  const types = typesOf(node);
  return (
    (types === undefined || types.includes('null')) &&
    (!isList(values) || values.includes(null)) &&
    (!isList(anyOf) || anyOf.some((branch) => isRecord(branch) && allowsNull(branch)))
  );
}

/** The same schema, for null as well. */
export function withNull(node: JsonRecord): JsonRecord {
  if (allowsNull(node)) return node;
  const types = typesOf(node);
  const { enum: values, anyOf } = node;
  return {
    ...node,
    ...(types && !types.includes('null') && { type: [...types, 'null'] }),
    ...(isList(values) && !values.includes(null) && { enum: [...values, null] }),
    ...(isList(anyOf) && { anyOf: [...anyOf, { type: 'null' }] }),
  };
}

/** The same schema without null, for a parameter that can be left out instead. */
export function withoutNull(node: JsonRecord): JsonRecord {
  const { type: _type, enum: _values, anyOf: _anyOf, default: preset, ...rest } = node;
  const types = typesOf(node)?.filter((type) => type !== 'null') ?? [];
  const values = isList(node['enum']) ? node['enum'].filter((value) => value !== null) : [];
  const branches = isList(node['anyOf'])
    ? node['anyOf'].filter((branch) => isRecord(branch) && !isNullOnly(branch))
    : [];
  const [only] = branches;
  return {
    ...(branches.length === 1 && isRecord(only) && only),
    ...rest,
    ...(types.length > 0 && { type: types.length === 1 ? String(types[0]) : types }),
    ...(values.length > 0 && { enum: values }),
    ...(branches.length > 1 && { anyOf: branches }),
    ...(preset !== undefined && preset !== null && { default: preset }),
  };
}

/** A copy with another schema in place of each that is below this one. */
export function mapBelow(
  node: JsonRecord,
  change: (below: JsonRecord, isRequired: boolean) => JsonRecord,
): JsonRecord {
  const { properties, items, anyOf, required, additionalProperties } = node;
  const names = new Set(isList(required) ? required : []);
  return {
    ...node,
    ...(isRecord(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, below]) => [
          name,
          change(isRecord(below) ? below : {}, names.has(name)),
        ]),
      ),
    }),
    ...(isRecord(items) && { items: change(items, true) }),
    ...(isRecord(additionalProperties) && { additionalProperties: change(additionalProperties, true) }),
    ...(isList(anyOf) && {
      anyOf: anyOf.map((branch) => change(isRecord(branch) ? branch : {}, true)),
    }),
  };
}
