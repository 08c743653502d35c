import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import { isList, isRecord, typesOf } from './schema-node.ts';

/**
 * Parameters that come in one of several sets, as one object of all of them: OpenAI and Anthropic refuse `anyOf` at the
 * top. Which sets there are is told in words, and the server checks it.
 */
export function withoutBranches(node: JsonRecord): JsonRecord {
  const { anyOf, ...base } = node;
  if (!isList(anyOf)) return node;
  const sets = anyOf.filter(isRecord).filter((branch) => typesOf(branch)?.includes('object') ?? true);
  if (sets.length === 0) return { ...base, type: typesOf(anyOf[0] as JsonRecord)?.[0] ?? 'object' };
  const properties = new Map(Object.entries(isRecord(base['properties']) ? base['properties'] : {}));
  for (const set of sets) {
    for (const [name, schema] of Object.entries(isRecord(set['properties']) ? set['properties'] : {})) {
      properties.set(name, either(properties.get(name), schema));
    }
  }
  const needed = sets.map((set) => namesIn(set['required']));
  const [first = [], ...others] = needed;
  const always = first.filter((name) => others.every((names) => names.includes(name)));
  const required = [...new Set([...namesIn(base['required']), ...always])];
  const said = needed.filter((names) => names.length > 0).map((names) => names.slice(0, 10).join(', '));
  const isClosed = sets.every((set) => set['additionalProperties'] === false);
  return {
    ...base,
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(said.length > 1 && {
      description: `${descriptionOf(base)}Give one of these sets: ${said.join('; or ')}.`,
    }),
    additionalProperties: !isClosed,
  };
}

const descriptionOf = ({ description }: JsonRecord): string =>
  typeof description === 'string' ? `${description} ` : '';
const namesIn = (required: unknown): readonly string[] => (isList(required) ? required.map(String) : []);

function either(one: JsonValue | undefined, other: JsonValue): JsonValue {
  if (one === undefined || JSON.stringify(one) === JSON.stringify(other)) return other;
  const known = isRecord(one) && isList(one['anyOf']) ? one['anyOf'] : [one];
  return known.some((each) => JSON.stringify(each) === JSON.stringify(other))
    ? one
    : { anyOf: [...known, other] };
}
