import { ContextIsolationError } from './context.errors.ts';
import { parseUserId, type UserId } from './identifiers.ts';

/** What an authenticator has verified about a user. */
export interface IdentityClaims {
  readonly userId: string;
  /** The sign-in this identity stems from; ends with it. */
  readonly sessionId: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** Who vouched for the user, e.g. `local`. */
  readonly issuer: string;
  /** Milliseconds since the epoch after which the identity is no longer good. */
  readonly expiresAt: number;
}

export type IdentityMint = (claims: IdentityClaims) => Identity;

/** @internal The testing door of this lib may use it; other libs can't reach it. */
export let mintIdentity: IdentityMint;
let claimed = false;
const mintKey = Symbol('Identity');

/**
 * An authenticated user. Only the holder of the mint can make one (see `claimIdentityMint`): the brand is a
 * private field, which neither a cast nor a look-alike has at run time.
 */
export class Identity {
  readonly #minted = true;
  readonly userId: UserId;
  readonly sessionId: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly issuer: string;
  readonly expiresAt: number;

  private constructor(key: symbol, claims: IdentityClaims) {
    if (key !== mintKey || new.target !== Identity) {
      throw new ContextIsolationError('An identity was constructed without the mint.');
    }
    this.userId = parseUserId(claims.userId);
    this.sessionId = claims.sessionId;
    this.roles = Object.freeze([...claims.roles]);
    this.permissions = Object.freeze([...claims.permissions]);
    this.issuer = claims.issuer;
    this.expiresAt = claims.expiresAt;
    Object.freeze(this);
  }

  static {
    mintIdentity = (claims) => new Identity(mintKey, claims);
  }

  /** @throws ContextIsolationError when the value was not minted by the authenticator */
  static verify(value: unknown): Identity {
    if (typeof value === 'object' && value !== null && #minted in value && value.#minted) return value;
    throw new ContextIsolationError('An identity was not made by the authenticator.');
  }

  hasPermission(permission: string): boolean {
    return this.permissions.includes(permission);
  }

  isExpired(now: number = Date.now()): boolean {
    // Not `now >= expiresAt`: an expiry that is no number must read as expired.
    return !(now < this.expiresAt);
  }
}

/**
 * Hands out the one right to make identities. libs/auth takes it when it loads, so whoever asks afterwards,
 * or took it before, is found at once.
 * @throws ContextIsolationError on every call after the first
 */
export function claimIdentityMint(): IdentityMint {
  if (claimed) throw new ContextIsolationError('The right to make identities is taken already.');
  claimed = true;
  return mintIdentity;
}
