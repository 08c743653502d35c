import type { JSONValue } from '@ai-sdk/provider';

type JsonObject = Readonly<Record<string, JSONValue | undefined>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function fieldOf(value: JSONValue | undefined, field: string): JSONValue | undefined {
  return isObject(value) ? value[field] : undefined;
}

/** A field's text, or the whole value as JSON. */
export function textOf(value: JSONValue, field: string): string {
  const chosen = fieldOf(value, field) ?? value;
  return typeof chosen === 'string' ? chosen : JSON.stringify(chosen);
}

/** The rows of a query's answer. */
export function rowsOf(value: JSONValue): JSONValue[][] {
  const rows = fieldOf(value, 'rows');
  return Array.isArray(rows) ? rows.filter((row): row is JSONValue[] => Array.isArray(row)) : [];
}

export const numberOf = (value: JSONValue | undefined): number => Number(value ?? 0);

/** The JSON of a line of text that begins like this one. */
export function jsonLine(text: string, key: string): JsonObject | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`{"${key}"`));
  if (line === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
