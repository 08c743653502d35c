import type { JsonValue } from '@bulkhead/user-context';

/** The same data without halves of characters, which providers refuse as no JSON. */
export function wellFormed<Value extends JsonValue>(value: Value): Value {
  if (isWellFormed(value)) return value;
  return JSON.parse(JSON.stringify(value).replaceAll(LONE_ESCAPE, '$1\\ufffd')) as Value;
}

/** `JSON.stringify` escapes halves only; an even number of backslashes before one is text. */
const LONE_ESCAPE = /((?<!\\)(?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g;

const isWellFormed = (value: JsonValue): boolean => !LONE_ESCAPE_ONCE.test(JSON.stringify(value));
const LONE_ESCAPE_ONCE = new RegExp(LONE_ESCAPE.source);
