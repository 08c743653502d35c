import { InvalidRequestError } from './request.errors.ts';

const pollutingKeys = new Set(['__proto__', 'constructor', 'prototype']);
const unstorableText = /\p{Cs}|\0/u;
const MAX_DEPTH = 32;

/**
 * Refuses what no body may contain at any depth: keys that pollute prototypes, and text that can't be stored.
 * @throws InvalidRequestError naming the path
 */
export function refuseHostileJson(value: unknown, path = '', depth = 0): void {
  if (typeof value === 'string') {
    if (unstorableText.test(value)) {
      throw new InvalidRequestError(
        path || 'body',
        `${path || 'the body'} must not contain lone surrogates or NUL`,
      );
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  // Socket.IO carries them beside JSON; looking at each of their bytes would take seconds.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw new InvalidRequestError(path || 'body', `${path || 'the body'} must be JSON, not binary data`);
  }
  if (depth >= MAX_DEPTH) throw new InvalidRequestError(path, `${path} is nested too deep`);
  for (const [key, item] of Object.entries(value)) {
    const name = path ? `${path}.${key}` : key;
    if (pollutingKeys.has(key)) throw new InvalidRequestError(name, `${name} is not allowed`);
    refuseHostileJson(item, name, depth + 1);
  }
}
