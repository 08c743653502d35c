import type { Role } from './permissions.ts';
import type { ClaimPath } from './providers/claim-path.ts';
import type { TokenType } from './providers/token-kind.ts';

/** An OpenID provider, or another issuer of signed tokens, that this server believes. */
export interface ProviderOptions {
  /** Exactly as in its tokens; its discovery document is under it. */
  readonly issuer: string;
  /** What its tokens must be for; never an id that other services' tokens carry too. */
  readonly audience: string;
  /** Signature algorithms that are accepted, asymmetric ones. */
  readonly algorithms: readonly string[];
  /** Where the claim with the user's roles is, e.g. `realm_access.roles`. Absent: administrators give roles. */
  readonly rolesClaim?: ClaimPath;
  /**
   * Types of tokens that are accepted: `at+jwt` (default) says itself that it is an access token. With `JWT`, also the
   * absence of a type, its claims must show that it is one and no ID token.
   */
  readonly tokenTypes?: readonly TokenType[];
  /** What the provider's roles are called here; one that is not listed gives nothing. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Roles of a new account, and with `rolesClaim` of everybody. */
  readonly defaultRoles: readonly Role[];
  /** Seconds that its clock and ours may be apart. */
  readonly clockToleranceSeconds: number;
  /** Shared with the issuer instead of published keys: the simulated issuer of end-to-end tests only. */
  readonly secret?: string;
}

/** What an operator may choose about sign-ins. The application's configuration provides it. */
export interface AuthOptions {
  /** Life of an access token, in seconds; 900 is a good default. Shortening it ends older tokens early. */
  readonly accessTokenTtlSeconds: number;
  /** Life of a session, in days from its sign-in; refreshing does not prolong it. 30 is a good default. */
  readonly refreshTokenTtlDays: number;
  /** False: nobody signs up or in with a password, and what was signed in so before is refused. Default true. */
  readonly localAccounts?: boolean;
  /** OpenID providers whose tokens are accepted. Default none. */
  readonly providers?: readonly ProviderOptions[];
  /** Encrypts the signing keys in the database, at least 32 characters; absent: derived from the password of its URL. */
  readonly signingKeySecret?: string;
  /** Secrets that encrypted them earlier. */
  readonly previousSigningKeySecrets?: readonly string[];
  /** After how many days a new key signs; 0 or absent: never by itself. */
  readonly signingKeyRotationDays?: number;
  /** How providers are reached, e.g. through a proxy. Default: directly. */
  readonly fetch?: typeof fetch;
  /** Accounts that become administrators at the start. Default none. */
  readonly adminUserIds?: readonly string[];
}

/** Where the options are injected. */
export const AUTH_OPTIONS = Symbol('AuthOptions');
