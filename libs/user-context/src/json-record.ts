import { InvalidContextError } from './context.errors.ts';

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
/** A deep-frozen JSON object. */
export type JsonRecord = { readonly [key: string]: JsonValue };

/** Deepest nesting of a record. */
export const MAX_RECORD_DEPTH = 32;
/** Most values in a record, at all levels together. */
export const MAX_RECORD_VALUES = 10_000;

const pollutingKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
// PostgreSQL can store neither in jsonb, so neither may be acknowledged.
const unstorableText = /\p{Cs}|\0/u;

interface Walk {
  readonly onKey: (key: string, value: unknown, path: string) => void;
  readonly onClone: (clone: object) => void;
  readonly ancestors: Set<object>;
  values: number;
}

/** What a caller of `cloneRecord` wants to see of the walk. */
export interface RecordVisitor {
  /** Called for every key before its value is cloned; throws to refuse it. */
  readonly onKey?: Walk['onKey'];
  /** Called with every object and array made. */
  readonly onClone?: Walk['onClone'];
}

/**
 * A deep-frozen copy of a plain JSON object that shares nothing with its source.
 * @throws InvalidContextError naming the path of the first value that is not JSON
 */
export function cloneRecord(source: unknown, field: string, visitor: RecordVisitor = {}): JsonRecord {
  if (!isPlainObject(source)) throw new InvalidContextError(field, 'must be a plain object');
  const walk: Walk = {
    onKey: visitor.onKey ?? (() => undefined),
    onClone: visitor.onClone ?? (() => undefined),
    ancestors: new Set(),
    values: 0,
  };
  return cloneValue(source, field, walk) as JsonRecord;
}

function cloneValue(value: unknown, path: string, walk: Walk): JsonValue {
  if (++walk.values > MAX_RECORD_VALUES) {
    throw new InvalidContextError(path, `is one of more than ${MAX_RECORD_VALUES} values`);
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (unstorableText.test(value)) {
      throw new InvalidContextError(path, 'must not contain lone surrogates or NUL');
    }
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new InvalidContextError(path, 'must be a finite number');
    return value === 0 ? 0 : value;
  }
  if (Array.isArray(value)) return cloneContainer(value, path, walk, cloneArray);
  if (isPlainObject(value)) return cloneContainer(value, path, walk, cloneObject);
  throw new InvalidContextError(path, 'must be a JSON value');
}

function cloneContainer<T extends object>(
  source: T,
  path: string,
  walk: Walk,
  clone: (source: T, path: string, walk: Walk) => JsonValue & object,
): JsonValue {
  if (walk.ancestors.has(source)) throw new InvalidContextError(path, 'must not contain itself');
  if (walk.ancestors.size >= MAX_RECORD_DEPTH) {
    throw new InvalidContextError(path, `is nested deeper than ${MAX_RECORD_DEPTH} levels`);
  }
  walk.ancestors.add(source);
  const result = Object.freeze(clone(source, path, walk));
  walk.ancestors.delete(source);
  walk.onClone(result);
  return result;
}

function cloneArray(source: readonly unknown[], path: string, walk: Walk): JsonValue[] {
  const ownKeys = Reflect.ownKeys(source).length - 1;
  if (Object.getPrototypeOf(source) !== Array.prototype || ownKeys !== source.length) {
    throw new InvalidContextError(path, 'must be a plain array without holes or properties of its own');
  }
  return Array.from({ length: source.length }, (_, index) => {
    const itemPath = `${path}[${index}]`;
    return cloneValue(dataProperty(source, `${index}`, itemPath), itemPath, walk);
  });
}

function cloneObject(source: object, path: string, walk: Walk): Record<string, JsonValue> {
  const result: Record<string, JsonValue> = {};
  for (const key of Reflect.ownKeys(source)) {
    if (typeof key === 'symbol') throw new InvalidContextError(path, 'must not have symbol keys');
    if (pollutingKeys.has(key) || unstorableText.test(key)) {
      throw new InvalidContextError(path, 'has a key that is not allowed');
    }
    const value = dataProperty(source, key, `${path}.${key}`);
    walk.onKey(key, value, path);
    result[key] = cloneValue(value, `${path}.${key}`, walk);
  }
  return result;
}

/** The value of an own property, read without running an accessor. */
function dataProperty(source: object, key: string, path: string): unknown {
  const property = Object.getOwnPropertyDescriptor(source, key);
  if (!property?.enumerable || !('value' in property)) {
    throw new InvalidContextError(path, 'must be a plain data property');
  }
  return property.value;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
