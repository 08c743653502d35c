import type { JsonValue } from '@bulkhead/user-context';

// JSON.stringify writes NUL and lone surrogates as escapes; PostgreSQL can store neither in jsonb.
const suspicious = /\\u(?:0000|d[89a-f])/i;
const replacement = '\uFFFD';

/**
 * JSON text that PostgreSQL can store, and the value that reading it back gives: a copy, so that what is heard live
 * is what was stored, whatever the caller does with the original. What models and tools produce is not ours to
 * refuse, so NUL and lone surrogates become U+FFFD.
 */
export function toStorable<T extends object>(value: T): { readonly json: string; readonly value: T } {
  const text = JSON.stringify(value);
  const json = suspicious.test(text) ? JSON.stringify(clean(JSON.parse(text) as JsonValue)) : text;
  return { json, value: JSON.parse(json) as T };
}

/** The same for a text. */
export const toStorableText = (text: string): string => text.toWellFormed().replaceAll('\0', replacement);

/** A UUID as PostgreSQL writes it. Clients may send the same one in capitals. */
export const toStorableUuid = (uuid: string): string => uuid.toLowerCase();

function clean(value: JsonValue): JsonValue {
  if (typeof value === 'string') return toStorableText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [toStorableText(key), clean(item)]));
}
