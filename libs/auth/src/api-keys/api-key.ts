import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'bhk_';
const SECRET_BYTES = 32;
const keyPattern =
  /^bhk_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** What an API key says: which one it is, and the proof. */
export interface PresentedApiKey {
  readonly keyId: string;
  /** SHA-256, hexadecimal. */
  readonly secretHash: string;
}

/** Whether a credential means to be an API key. */
export const looksLikeApiKey = (credential: unknown): credential is string =>
  typeof credential === 'string' && credential.startsWith(PREFIX);

/**
 * A new key's text: `bhk_`, the id, and 256 random bits. Of so many bits a plain SHA-256 gives nothing away: there is
 * nothing to guess, so stretching it as a password would only make every request slower.
 */
export function newApiKey(keyId: string): { readonly text: string; readonly secretHash: string } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { text: `${PREFIX}${keyId.replaceAll('-', '')}_${secret}`, secretHash: hashOf(secret) };
}

/** Undefined when the text can't be a key. */
export function parseApiKey(text: string): PresentedApiKey | undefined {
  const parts = keyPattern.exec(text);
  const secret = parts?.[6];
  return parts && secret ? { keyId: parts.slice(1, 6).join('-'), secretHash: hashOf(secret) } : undefined;
}

/** Takes the same time wherever the two differ. */
export const isSameHash = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
