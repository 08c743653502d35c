import type { JWTHeaderParameters, JWTPayload } from 'jose';

/** How a provider marks its access tokens. `JWT` stands for no type at all, too. */
export type TokenType = 'at+jwt' | 'JWT';

/** What only ID tokens and logout tokens have. Source: OpenID Connect Core 1.0, sections 2 and 3.3.2.11; Back-Channel Logout 1.0, section 2.4. */
const foreignClaims = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const;
/** What access tokens have and ID tokens have not: RFC 9068, section 2.2, and the words of providers older than it. */
const accessClaims = ['client_id', 'scope', 'scp', 'cid', 'appid'] as const;
/** Claims by which providers name the kind of a token, and what an access token has there. */
const kindClaims: Readonly<Record<string, readonly unknown[]>> = {
  typ: ['Bearer', 'at+jwt'],
  token_use: ['access'],
};

/**
 * Passes for an access token, so that no ID token for the same audience takes its place.
 * @throws TypeError saying why it is none
 */
export function assertAccessToken(
  { typ }: Pick<JWTHeaderParameters, 'typ'>,
  payload: JWTPayload,
  accepted: readonly TokenType[],
): void {
  // Source: RFC 7515, section 4.1.9: without regard to capitals, `application/` may be left out.
  const type = typ?.toLowerCase().replace(/^application\//, '');
  if (type === 'at+jwt' && accepted.includes('at+jwt')) return;
  if ((type !== undefined && type !== 'jwt') || !accepted.includes('JWT')) {
    throw new TokenTypeError(typ);
  }
  const foreign = foreignClaims.find((name) => name in payload);
  if (foreign !== undefined) throw new TypeError(`The token has the claim ${foreign}, as only others have.`);
  const kinds = Object.entries(kindClaims).filter(([name]) => name in payload);
  if (kinds.some(([name, access]) => !access.includes(payload[name]))) {
    throw new TypeError('The token says that it is of another kind.');
  }
  if (kinds.length === 0 && !accessClaims.some((name) => name in payload)) {
    throw new TypeError(`The token has none of the claims ${accessClaims.join(', ')}.`);
  }
}

/** The type is not one that the operator accepts from this provider. */
export class TokenTypeError extends TypeError {
  constructor(readonly type: string | undefined) {
    super('The token is not of a type that is accepted.');
  }
}
