import { createHash, createHmac, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** A new refresh token: 256 random bits, so that its hash needs neither salt nor stretching. */
export const newRefreshToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** What is stored instead of the token; undefined when the value can't be a token of ours. */
export const refreshTokenHash = (value: unknown): string | undefined =>
  typeof value === 'string' && tokenPattern.test(value)
    ? createHash('sha256').update(value).digest('hex')
    : undefined;

/** What makes a successor, with the token that it succeeds; is stored, and worth nothing without that token. */
export const newSuccessorSalt = (): string => randomBytes(TOKEN_BYTES).toString('hex');

/**
 * The token that follows. It can be made again by whoever has both the salt, which only the server has, and the
 * token before, of which the server keeps a hash: so a lost answer is repeated without keeping any token.
 */
export const successorOf = (token: string, salt: string): string =>
  createHmac('sha256', Buffer.from(salt, 'hex')).update(token).digest('base64url');
