import type { JsonValue } from '@bulkhead/user-context';

// JSON.stringify writes NUL and lone surrogates as escapes; PostgreSQL can store neither in jsonb.
const suspicious = /\\u(?:0000|d[89a-f])/i;
const replacement = '\uFFFD';

/**
 * JSON text that PostgreSQL can store, and the value it stands for. What models and tools produce is not ours to
 * refuse, so NUL and lone surrogates become U+FFFD.
 */
export function toStorable(value: object): { readonly json: string; readonly value: JsonValue } {
  const json = JSON.stringify(value);
  if (!suspicious.test(json)) return { json, value: value as JsonValue };
  const cleaned = clean(value as JsonValue);
  return { json: JSON.stringify(cleaned), value: cleaned };
}

function clean(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item)]));
}

const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', replacement);
