import type { JsonValue } from '@bulkhead/user-context';

/** As much of JSON Schema (draft 7) as the protocol needs. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A JSON Schema that the compiler knows the type of. It fits one type only: a field that is added to the type, or
 * taken from it, does not compile until the schema says so too.
 */
export interface Schema<Value> {
  readonly json: JsonSchema;
  /**
   * Exists for the compiler alone. A function of its own type is neither wider nor narrower than it; with all fields
   * required, none that may be absent can be forgotten.
   */
  readonly fits?: (value: Value, whole: Required<Value>) => [Value, Required<Value>];
}

type ValueOf<Field> = Field extends Schema<infer Value> ? Value : never;
type Simplify<Value> = { [Key in keyof Value]: Value[Key] };
type ObjectOf<Required, Optional> = Simplify<
  { [Key in keyof Required]: ValueOf<Required[Key]> } & { [Key in keyof Optional]?: ValueOf<Optional[Key]> }
>;

export const string = (facts: JsonSchema = {}): Schema<string> => ({ json: { type: 'string', ...facts } });
export const uuid = <Id extends string = string>(): Schema<Id> => ({
  json: { type: 'string', format: 'uuid' },
});
export const instant = (): Schema<string> => string({ format: 'date-time' });
export const boolean = (): Schema<boolean> => ({ json: { type: 'boolean' } });
export const anything = (): Schema<JsonValue> => ({ json: {} });
export const integer = (minimum = 0): Schema<number> => ({ json: { type: 'integer', minimum } });

export const oneOf = <const Value extends string>(...values: Value[]): Schema<Value> => ({
  json: { type: 'string', enum: values },
});

/** A schema that has a name among the document's components. */
export const named = <Value>(name: string): Schema<Value> => ({
  json: { $ref: `#/components/schemas/${name}` },
});

/** Nothing but these fields. */
export const object = <Required extends object, Optional extends object = object>(
  required: Required,
  optional?: Optional,
): Schema<NoInfer<ObjectOf<Required, Optional>>> => ({
  json: {
    type: 'object',
    properties: { ...jsonOf(required), ...jsonOf(optional ?? {}) },
    required: Object.keys(required),
    additionalProperties: false,
  },
});

const jsonOf = (fields: object): JsonSchema =>
  Object.fromEntries(
    Object.entries(fields as Readonly<Record<string, Schema<never>>>).map(([name, { json }]) => [name, json]),
  );
