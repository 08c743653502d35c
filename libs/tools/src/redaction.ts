import type { JsonValue } from '@bulkhead/user-context';

const secretKey =
  /pass(word|wd|phrase)?$|secret|token|api[_-]?key|authorization|credential|cookie|private[_-]?key/i;
const secretText = /\b(?:Bearer\s+[\w.~+/-]+=*|sk-[\w-]{16,}|eyJ[\w-]+\.[\w-]+\.[\w-]+)/g;
const REDACTED = '[redacted]';

/** A copy for events and logs, without what looks like a secret by its key or its form. */
export function redact(value: unknown): JsonValue {
  if (typeof value === 'string') return value.replace(secretText, REDACTED);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, secretKey.test(key) ? REDACTED : redact(item)]),
    );
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
