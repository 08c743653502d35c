import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import { hasHiddenCharacters, visibleText } from '../visible-text.ts';
import { isList, isRecord } from './schema-node.ts';

const MAX_DESCRIPTION_LENGTH = 1_000;
const MAX_RULE_LENGTH = 120;
const MAX_CHOICES = 500;
const MAX_DEFAULT_LENGTH = 200;

/** Names of types that are no JSON Schema, but leave no doubt. Any other name is as good as none. */
const types: ReadonlyMap<unknown, string> = new Map([
  ...['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'].map(
    (type) => [type, type] as const,
  ),
  ...['str', 'text'].map((type) => [type, 'string'] as const),
  ...['int', 'long'].map((type) => [type, 'integer'] as const),
  ...['float', 'double', 'decimal'].map((type) => [type, 'number'] as const),
  ['bool', 'boolean'],
  ...['dict', 'map'].map((type) => [type, 'object'] as const),
  ...['list', 'tuple'].map((type) => [type, 'array'] as const),
  ['none', 'null'],
]);
/** Rules that are neither told nor checked here: no model knows them better than the server that checks them. */
const elsewhere = ['not', 'if', 'dependentRequired', 'dependentSchemas', 'dependencies', 'contains'].concat(
  ...['propertyNames', 'patternProperties'],
);

/** The keywords of a schema that are about its own value, mended where they mean something and dropped where they don't. */
export function ownKeywords(schema: JsonRecord): JsonRecord {
  return { ...typeOf(schema), ...choices(schema), ...limits(schema), ...words(schema) };
}

function typeOf({ type, properties, items, nullable }: JsonRecord): JsonRecord {
  const named = [type].flat().map((name) => types.get(typeof name === 'string' ? name.toLowerCase() : name));
  const known = named.includes(undefined) ? [] : [...new Set(named)];
  if (known.length === 0 && isRecord(properties)) known.push('object');
  if (known.length === 0 && isRecord(items)) known.push('array');
  if (nullable === true && known.length > 0 && !known.includes('null')) known.push('null');
  if (known.length === 0) return {};
  return { type: known.length === 1 ? (known[0] as string) : (known as string[]) };
}

function choices({ enum: listed, const: only, nullable }: JsonRecord): JsonRecord {
  const given = isList(listed) ? listed : only === undefined ? [] : [only];
  const values = [...new Map(given.map((value) => [JSON.stringify(value), value])).values()];
  // Objects are compared by methods of theirs, which JSON may name as well ("valueOf").
  const isOdd = values.some((value) => typeof value === 'object' && value !== null);
  if (isOdd || values.length === 0 || values.length > MAX_CHOICES) return {};
  const all = nullable === true && !values.includes(null) ? [...values, null] : values;
  // Google takes choices of a stated type only.
  return { ...(all.every((value) => typeof value === 'string') && { type: 'string' }), enum: all };
}

function limits(schema: JsonRecord): JsonRecord {
  const number = (name: string): number | undefined => finite(schema[name]);
  const count = (name: string): number | undefined => {
    const value = finite(schema[name]);
    return value !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  // In draft 4 the exclusive limits are flags of the others.
  const isAbove = schema['exclusiveMinimum'] === true;
  const isBelow = schema['exclusiveMaximum'] === true;
  return {
    ...range(
      'minimum',
      isAbove ? undefined : number('minimum'),
      'maximum',
      isBelow ? undefined : number('maximum'),
    ),
    ...range(
      'exclusiveMinimum',
      number(isAbove ? 'minimum' : 'exclusiveMinimum'),
      'exclusiveMaximum',
      number(isBelow ? 'maximum' : 'exclusiveMaximum'),
    ),
    ...range('minLength', count('minLength'), 'maxLength', count('maxLength')),
    ...range('minItems', count('minItems'), 'maxItems', count('maxItems')),
  };
}

const finite = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** A range that nothing is in was not meant. */
function range(from: string, low: number | undefined, to: string, high: number | undefined): JsonRecord {
  if (low !== undefined && high !== undefined && low > high) return {};
  return { ...(low !== undefined && { [from]: low }), ...(high !== undefined && { [to]: high }) };
}

/** What is told in words: a pattern is never run here, and each provider knows formats of its own. */
function words(schema: JsonRecord): JsonRecord {
  const said = ['title', 'description'].map((name) => textOf(schema[name], MAX_DESCRIPTION_LENGTH));
  const [title = '', description = ''] = said;
  const rules = ['format', 'pattern']
    .map((name) => [name, textOf(schema[name], MAX_RULE_LENGTH)] as const)
    .filter(([, rule]) => rule !== '')
    .map(([name, rule]) => `(${name}: ${rule})`);
  if (elsewhere.some((name) => schema[name] !== undefined)) rules.push('(The server checks more.)');
  const all = [description, ...rules].filter(Boolean).join(' ');
  const preset = defaultOf(schema['default']);
  return {
    ...(title !== '' && { title }),
    ...(all !== '' && { description: all }),
    ...(preset !== undefined && { default: preset }),
  };
}

const textOf = (value: unknown, max: number): string =>
  typeof value === 'string' ? visibleText(value, max) : '';

function defaultOf(value: JsonValue | undefined): JsonValue | undefined {
  const json = JSON.stringify(value);
  return value === undefined || json.length > MAX_DEFAULT_LENGTH || hasHiddenCharacters(json)
    ? undefined
    : value;
}
