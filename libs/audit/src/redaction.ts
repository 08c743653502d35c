import type { JsonValue } from '@bulkhead/user-context';
import { withoutSecretAssignments } from './secret-assignments.ts';
import { withoutSecretForms } from './secret-forms.ts';

const secretKey =
  /passw(?:or)?d|passphrase|passcode|pass$|pwd|secret|token|apikey|accesskey|accountkey|privatekey|signingkey|encryptionkey|sharedaccess|authorization|credential|cookie/;
const quotedKey = /"([^"]*)"\s*:/g;
const REDACTED = '[redacted]';
/** Deeper values are left out: PostgreSQL refuses JSON that is nested without end, and nobody reads it. */
const MAX_DEPTH = 32;

/** A copy for events and logs, without what looks like a secret by its key or its form. */
export function redact(value: unknown, depth = 0): JsonValue {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'object' && value !== null) {
    if (depth >= MAX_DEPTH) return REDACTED;
    if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        withoutSecretForms(storable(key), REDACTED),
        isSecret(key) ? REDACTED : redact(item, depth + 1),
      ]),
    );
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** The same for a text. Where it names a secret in the manner of JSON, nobody knows where that ends: the rest goes. */
export function redactText(text: string): string {
  return redactStorable(storable(text));
}

function redactStorable(text: string): string {
  for (const { 0: found, 1: key = '', index } of text.matchAll(quotedKey)) {
    if (isSecret(key)) return `${withoutSecrets(text.slice(0, index + found.length))} ${REDACTED}`;
  }
  return withoutSecrets(text);
}

/** By their forms first: a header or an address says more exactly where its secret ends. */
const withoutSecrets = (text: string): string =>
  withoutSecretAssignments(withoutSecretForms(text, REDACTED), isSecret, REDACTED);

/** PostgreSQL can store neither NUL nor half a surrogate pair. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** One spelling for `apiKey`, `api_key`, `API-KEY` and the same in full-width letters. */
const isSecret = (key: string): boolean =>
  secretKey.test(
    key
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}]/gu, '')
      .toLowerCase(),
  );
