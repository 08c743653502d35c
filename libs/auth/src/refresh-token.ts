import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** A new refresh token: 256 random bits, so that its hash needs neither salt nor stretching. */
export const newRefreshToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** What is stored instead of the token; undefined when the value can't be a token of ours. */
export const refreshTokenHash = (value: unknown): string | undefined =>
  typeof value === 'string' && tokenPattern.test(value)
    ? createHash('sha256').update(value).digest('hex')
    : undefined;
