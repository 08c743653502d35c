/** The fields of Google's Schema (its reference, Caching: Schema), a subset of OpenAPI's. */
const known: ReadonlySet<string> = new Set([
  ...[
    'type',
    'format',
    'title',
    'description',
    'nullable',
    'enum',
    'items',
    'minItems',
    'maxItems',
    'properties',
  ],
  ...['required', 'minProperties', 'maxProperties', 'minLength', 'maxLength', 'pattern', 'example', 'anyOf'],
  ...['propertyOrdering', 'default', 'minimum', 'maximum'],
]);

export interface BadField {
  readonly field: string;
  readonly description: string;
}

/** What of a function's parameters Google does not take. */
export function findBadSchemas(value: unknown, at: string): BadField[] {
  if (typeof value !== 'object' || value === null) return [];
  const schema = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(schema)
    .filter((key) => !known.has(key))
    .map((key) => ({
      field: at,
      description: `Invalid JSON payload received. Unknown name "${key}" at '${at}': Cannot find field.`,
    }));
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, unknown>);
  const missing = (field: string, rule: string) => ({
    field,
    description: `* GenerateContentRequest.${field}: ${rule}`,
  });
  const required = ((schema['required'] ?? []) as readonly string[]).flatMap((name, index) =>
    properties.some(([key]) => key === name)
      ? []
      : [missing(`${at}.required[${index}]`, 'property is not defined')],
  );
  const isArray = String(schema['type']).toLowerCase() === 'array';
  return [
    ...unknown,
    ...required,
    ...(isArray && schema['items'] === undefined ? [missing(`${at}.items`, 'missing field.')] : []),
    ...((schema['enum'] ?? []) as readonly unknown[]).flatMap((entry, index) =>
      entry === '' ? [missing(`${at}.enum[${index}]`, 'cannot be empty')] : [],
    ),
    ...properties.flatMap(([key, child]) => findBadSchemas(child, `${at}.properties[${key}]`)),
    ...findBadSchemas(schema['items'], `${at}.items`),
    ...((schema['anyOf'] ?? []) as readonly unknown[]).flatMap((child, index) =>
      findBadSchemas(child, `${at}.any_of[${index}]`),
    ),
  ];
}
