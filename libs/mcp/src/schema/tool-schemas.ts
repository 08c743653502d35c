import type { ParameterSchema } from '@bulkhead/tools';
import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import { normaliseSchema } from './normalise-schema.ts';
import { allowsNull, isList, isRecord, mapBelow, typesOf, withNull, withoutNull } from './schema-node.ts';
import { withoutBranches } from './top-level-branches.ts';

const MAX_SCHEMA_BYTES = 32_768;
const MAX_DEPTH = 200;

/** What a server's schema of a tool is made into. */
export interface ToolSchemas {
  /** For models: everything that can be said of the parameters, without references. */
  readonly told: ParameterSchema;
  /** For the check of a call: what is certain, and checked in time proportional to the arguments. The server checks the rest. */
  readonly checked: ParameterSchema;
  /** Leaves out optional parameters that are null, where the server would not take null. */
  withoutNulls(args: JsonRecord): JsonRecord;
}

/** The schemas of a tool, from whatever its server gave; a string says why there can be none. */
export function toolSchemas(given: unknown): ToolSchemas | string {
  // A tool without a schema takes what its description says.
  const root = given === undefined || given === null || given === true ? {} : given;
  if (!isRecord(root)) return 'has a schema that is no JSON object';
  if (isDeeperThan(root, MAX_DEPTH)) return `has a schema with more than ${MAX_DEPTH} levels`;
  const tooLarge = `has a schema of more than ${MAX_SCHEMA_BYTES} bytes`;
  if (sizeOf(root) > MAX_SCHEMA_BYTES) return tooLarge;
  const normalised = normaliseSchema(root);
  if (typeof normalised === 'string') return normalised;
  const node = withoutBranches(normalised);
  const types = typesOf(node);
  if (types && !types.includes('object')) return `takes ${types.join(' or ')} instead of named parameters`;
  const object = declared({ additionalProperties: true, ...node, type: 'object' });
  const told = asParameters(tellable(object));
  if (sizeOf(told) > MAX_SCHEMA_BYTES) return `${tooLarge} once its references are in place`;
  return {
    told,
    checked: asParameters(checkable(object)),
    withoutNulls: (args) => withoutNulls(args, object) as JsonRecord,
  };
}

const sizeOf = (value: JsonValue): number => Buffer.byteLength(JSON.stringify(value));
const asParameters = (node: JsonRecord): ParameterSchema => ({ ...node, type: 'object' });

/** Without recursion, which a deep enough value would end. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= limit; depth += 1) {
    level = level.flatMap((each): unknown[] =>
      typeof each === 'object' && each !== null ? Object.values(each) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

/** A required parameter that is not described is one all the same. */
function declared(node: JsonRecord): JsonRecord {
  const { properties, required } = node;
  const names = isList(required) ? required.map(String) : [];
  const known = isRecord(properties) ? properties : {};
  const missing = names.filter((name) => !Object.hasOwn(known, name)).map((name) => [name, {}]);
  return { ...node, properties: { ...known, ...(Object.fromEntries(missing) as JsonRecord) } };
}

/** An optional parameter is left out, never null: not every model can say null, and not every server takes it. */
function tellable(node: JsonRecord): JsonRecord {
  return mapBelow(node, (below, isRequired) => tellable(isRequired ? below : withoutNull(below)));
}

const certain: ReadonlySet<string> = new Set([
  ...['type', 'required', 'enum', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'properties', 'items'],
]);

function checkable({ additionalProperties, ...node }: JsonRecord): JsonRecord {
  const kept: JsonRecord = Object.fromEntries(
    Object.entries(node).filter(([keyword]) => certain.has(keyword)),
  );
  return {
    ...mapBelow(kept, (below, isRequired) => checkable(isRequired ? below : withNull(below))),
    ...(isRecord(node['properties']) && { additionalProperties: additionalProperties !== false }),
  };
}

function withoutNulls(value: JsonValue, node: JsonRecord): JsonValue {
  const { properties, items, required } = node;
  if (isList(value)) return value.map((each) => withoutNulls(each, isRecord(items) ? items : {}));
  if (!isRecord(value) || !isRecord(properties)) return value;
  const names = isList(required) ? required : [];
  const kept = Object.entries(value).flatMap(([name, each]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const schema = isRecord(known) ? known : {};
    const isOmitted = each === null && !names.includes(name) && !allowsNull(schema);
    return isOmitted ? [] : [[name, withoutNulls(each, schema)]];
  });
  return Object.fromEntries(kept) as JsonRecord;
}
