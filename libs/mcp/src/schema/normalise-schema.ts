import type { JsonRecord } from '@bulkhead/user-context';
import { hasHiddenCharacters } from '../visible-text.ts';
import { ownKeywords } from './schema-keywords.ts';
import { isList, isNullOnly, isRecord, withNull } from './schema-node.ts';
import { resolveReference } from './schema-references.ts';

const MAX_DEPTH = 16;
const MAX_REFERENCES = 32;
const MAX_NODES = 2_000;
const MAX_BRANCHES = 20;

/**
 * One schema without references, in the words of draft 2020-12 that every provider takes: `type`, `properties`,
 * `required`, `items`, `enum`, `anyOf`, limits and descriptions. Odd parts are mended where their meaning is clear and
 * dropped where it is not; references are put in place, once per branch. Its size is bounded, whatever is given.
 * @returns a string when it can't be used: why
 */
export function normaliseSchema(root: JsonRecord): JsonRecord | string {
  const normaliser = new Normaliser(root);
  const node = normaliser.node(root, 0, []);
  return normaliser.hasHiddenName ? 'has a parameter with hidden characters in its name' : node;
}

class Normaliser {
  #nodes = 0;
  hasHiddenName = false;

  constructor(private readonly root: JsonRecord) {}

  node(schema: unknown, depth: number, references: readonly string[]): JsonRecord {
    if (!isRecord(schema)) return {};
    this.#nodes += 1;
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES)
      return { description: 'Nested further; the server checks it.' };
    const { $ref = schema['$dynamicRef'] ?? schema['$recursiveRef'], allOf } = schema;
    const parts = branchesOf(allOf).map((part) => this.node(part, depth + 1, references));
    if (typeof $ref === 'string') parts.unshift(this.#referenced($ref, depth, references));
    const node = [...parts, this.#own(schema, depth, references)].reduce(merged);
    const either = [...branchesOf(schema['anyOf']), ...branchesOf(schema['oneOf'])];
    return either.length === 0
      ? node
      : eitherOf(
          node,
          either.map((branch) => this.node(branch, depth + 1, references)),
        );
  }

  #referenced(reference: string, depth: number, references: readonly string[]): JsonRecord {
    if (references.includes(reference)) {
      const target = resolveReference(this.root, reference);
      const { type } = target ? ownKeywords(target) : {};
      return { ...(type !== undefined && { type }), description: 'Of the same shape as what it is part of.' };
    }
    const target = resolveReference(this.root, reference);
    if (!target || references.length >= MAX_REFERENCES)
      return { description: 'Described by its server only.' };
    return this.node(target, depth, [...references, reference]);
  }

  #own(schema: JsonRecord, depth: number, references: readonly string[]): JsonRecord {
    const { properties, items, prefixItems, additionalProperties } = schema;
    const below = (each: unknown): JsonRecord => this.node(each, depth + 1, references);
    const required = requiredOf(schema);
    const names = [...Object.keys(isRecord(properties) ? properties : {}), ...required];
    this.hasHiddenName ||= names.some(hasHiddenCharacters);
    const positions = isList(prefixItems) ? prefixItems : isList(items) ? items : undefined;
    return {
      ...ownKeywords(schema),
      ...(positions && { items: eitherOf({}, positions.slice(0, MAX_BRANCHES).map(below)) }),
      ...(!positions && isRecord(items) && { items: below(items) }),
      ...(isRecord(properties) && {
        properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, below(each)])),
      }),
      ...(required.length > 0 && { required }),
      ...(isRecord(additionalProperties) && { additionalProperties: below(additionalProperties) }),
      ...(isClosed(schema) && { additionalProperties: false }),
    };
  }
}

const branchesOf = (value: unknown): readonly unknown[] =>
  isList(value) ? value.slice(0, MAX_BRANCHES) : [];

/** Draft 3 marked each property as required where it is described. */
function requiredOf({ properties, required }: JsonRecord): string[] {
  const marked = isRecord(properties)
    ? Object.entries(properties).filter(([, each]) => isRecord(each) && each['required'] === true)
    : [];
  const listed = isList(required) ? required.filter((name) => typeof name === 'string') : [];
  return [...new Set([...listed, ...marked.map(([name]) => name)])];
}

/** Only what names every property by itself can be closed: where others add to it, their names are valid as well. */
const isClosed = (schema: JsonRecord): boolean =>
  schema['additionalProperties'] === false &&
  ['patternProperties', 'allOf', 'anyOf', 'oneOf', '$ref', 'if'].every((name) => schema[name] === undefined);

/** Both hold. */
function merged(one: JsonRecord, other: JsonRecord): JsonRecord {
  const properties = { ...recordOf(one['properties']), ...recordOf(other['properties']) };
  const required = [...new Set([one['required'], other['required']].filter(isList).flat())];
  const isAlone = Object.keys(other).every((keyword) =>
    ['title', 'description', 'default'].includes(keyword),
  );
  const { additionalProperties: _closed, ...rest } = { ...one, ...other };
  return {
    ...rest,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
    ...(isAlone &&
      one['additionalProperties'] !== undefined && { additionalProperties: one['additionalProperties'] }),
  };
}

const recordOf = (value: unknown): JsonRecord => (isRecord(value) ? value : {});

/** One of the branches holds; a single one besides null is what was meant by all of it. */
function eitherOf(base: JsonRecord, branches: readonly JsonRecord[]): JsonRecord {
  const others = branches.filter((branch) => !isNullOnly(branch));
  const orNull = (node: JsonRecord): JsonRecord => (others.length < branches.length ? withNull(node) : node);
  const [only] = others;
  if (!only) return { ...base, type: 'null' };
  if (others.length === 1) return orNull(merged(only, base));
  const choices = others.map((branch) => branch['enum']);
  if (choices.every(isList)) return orNull({ ...base, ...ownKeywords({ enum: choices.flat() }) });
  return { ...base, anyOf: branches };
}
