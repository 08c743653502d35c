import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DatabaseUnavailableError, type TransactionDatabase } from '@bulkhead/persistence';
import { jwtVerify, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose';
import { accessTokenForm, CLOCK_TOLERANCE_SECONDS, isUuid, MAX_CREDENTIAL_LENGTH } from './access-token.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';
import { SigningKeys } from './signing-keys.service.ts';

/** Whom a token is for. It says nothing about what they may do: that is in the database. */
export interface TokenSubject {
  readonly userId: string;
  readonly sessionId: string;
}

/** What a verified token says. */
export interface VerifiedToken extends TokenSubject {
  readonly keyId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const ownHeaderParameters: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);

/** Signs and verifies access tokens: JWTs (RFC 7519) signed with Ed25519 (RFC 8037), in the form of README.md. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Signs a token with the key that is current in the caller's transaction. */
  async issue(db: TransactionDatabase, subject: TokenSubject): Promise<{ token: string; expiresAt: Date }> {
    const { keyId, key } = await this.keys.current(db);
    const issuedAt = Math.floor(Date.now() / 1000);
    const expiresAt = issuedAt + this.options.accessTokenTtlSeconds;
    const token = await new SignJWT({ sid: subject.sessionId })
      .setProtectedHeader({ alg: accessTokenForm.algorithm, typ: accessTokenForm.type, kid: keyId })
      .setIssuer(accessTokenForm.issuer)
      .setAudience(accessTokenForm.audience)
      .setSubject(subject.userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .setJti(randomUUID())
      .sign(key);
    return { token, expiresAt: new Date(expiresAt * 1000) };
  }

  /**
   * Checks form, signature and claims; whether the session is still good is the caller's to ask.
   * @throws UnauthenticatedError, or DatabaseUnavailableError when the keys can't be read
   */
  async verify(credential: unknown): Promise<VerifiedToken> {
    try {
      return await this.#verify(credential);
    } catch (cause) {
      throw cause instanceof DatabaseUnavailableError ? cause : new UnauthenticatedError(cause);
    }
  }

  async #verify(credential: unknown): Promise<VerifiedToken> {
    if (this.options.localAccounts === false) throw new TypeError('Local accounts are off.');
    if (typeof credential !== 'string') throw new TypeError('The credential is not text.');
    if (credential.length > MAX_CREDENTIAL_LENGTH) throw new RangeError('The credential is too long.');
    const { payload, protectedHeader } = await jwtVerify(credential, (header) => this.#keyFor(header), {
      algorithms: [accessTokenForm.algorithm],
      typ: accessTokenForm.type,
      issuer: accessTokenForm.issuer,
      audience: accessTokenForm.audience,
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
      // Makes the library check `iat` too: neither from the future nor older than a token can be.
      maxTokenAge: this.options.accessTokenTtlSeconds,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    const { sub, sid, exp = 0 } = payload;
    if (!isUuid(sub) || !isUuid(sid)) throw new TypeError('The token names no user or no session.');
    // The tolerance is for clocks that run ahead; nobody gets an identity that has expired already.
    if (exp * 1000 <= Date.now()) throw new RangeError('The token has expired.');
    return { userId: sub, sessionId: sid, keyId: protectedHeader.kid ?? '', expiresAt: exp * 1000 };
  }

  async #keyFor(header: JWTHeaderParameters): Promise<CryptoKey> {
    // A token that brings or points to a key of its own (`jwk`, `jku`, `x5c`, `x5u`) is none of ours.
    const isForeign = Object.keys(header).some((parameter) => !ownHeaderParameters.has(parameter));
    if (isForeign || typeof header.kid !== 'string') throw new TypeError('The header is not one of ours.');
    const key = await this.keys.publicKey(header.kid);
    if (!key) throw new TypeError('The key is unknown, or its time is over.');
    return key;
  }
}
