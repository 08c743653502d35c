/** Form of the access tokens that this server signs for its local accounts. */
export const accessTokenForm = {
  algorithm: 'EdDSA',
  /** Source: RFC 9068, section 2.1. Keeps other kinds of tokens from passing as access tokens. */
  type: 'at+jwt',
  issuer: 'urn:bulkhead:local',
  audience: 'bulkhead',
} as const;

/** How far the clocks of two nodes may be apart, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** Longest credential that is looked at, in characters; ours have about 500. */
export const MAX_CREDENTIAL_LENGTH = 2_048;

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checked before an id becomes a query parameter: the database answers a malformed one with an error. */
export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && uuidPattern.test(value);
