import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { IssuerUnavailableError } from '../auth.errors.ts';

const TIMEOUT_MS = 5_000;
/** A key id that is not known is looked up this often at most, so that made-up ones cost the provider nothing. */
const COOLDOWN_MS = 10_000;
const MAX_AGE_MS = 600_000;
/** Largest document that is read from a provider, in bytes. */
const MAX_BYTES = 256 * 1024;
/** How long a provider is left alone after its discovery has failed. */
const RETRY_MS = 2_000;

/**
 * The published keys of an OpenID provider, found by discovery (OpenID Connect Discovery 1.0, section 4) and read again
 * when a token names a key that is not among them. Whatever a token says about where keys are is not looked at.
 */
export class ProviderKeys {
  readonly #fetch: (url: string, options: RequestInit) => Promise<Response>;
  #keys: JWTVerifyGetKey | undefined;
  #discovering: Promise<JWTVerifyGetKey> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  /** @param ask how the provider is reached */
  constructor(
    private readonly issuer: string,
    ask: typeof fetch = fetch,
  ) {
    this.#fetch = (url, options) => fetchBounded(ask, url, options);
  }

  /** @throws IssuerUnavailableError when the provider can't be asked */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = (this.#keys ??= await this.#discoverOnce());
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      throw new IssuerUnavailableError(error);
    }
  };

  #discoverOnce(): Promise<JWTVerifyGetKey> {
    if (performance.now() - this.#failedAt < RETRY_MS) {
      throw new IssuerUnavailableError(new Error('The discovery has failed a moment ago.'));
    }
    this.#discovering ??= this.#discover().finally(() => (this.#discovering = undefined));
    return this.#discovering;
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    try {
      const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const response = await this.#fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`The discovery was answered with ${response.status}.`);
      const { issuer, jwks_uri: jwksUri } = (await response.json()) as Record<string, unknown>;
      // Source: OpenID Connect Discovery 1.0, section 4.3. Another issuer's document would bring another's keys.
      if (issuer !== this.issuer) throw new Error('The discovery document is of another issuer.');
      return createRemoteJWKSet(keysUrl(jwksUri, this.issuer), {
        timeoutDuration: TIMEOUT_MS,
        cooldownDuration: COOLDOWN_MS,
        cacheMaxAge: MAX_AGE_MS,
        [customFetch]: this.#fetch,
      });
    } catch (error) {
      this.#failedAt = performance.now();
      throw new IssuerUnavailableError(error);
    }
  }
}

/** Keys come by HTTPS; by HTTP only from the very host of an issuer that is itself on HTTP, which is checked at boot. */
function keysUrl(value: unknown, issuer: string): URL {
  const url = new URL(String(value));
  if (url.protocol === 'https:' || url.origin === new URL(issuer).origin) return url;
  throw new Error('The keys are not served by HTTPS.');
}

/** Follows no redirect, which could lead anywhere, and reads no more than a document of keys can have. */
async function fetchBounded(ask: typeof fetch, url: string, options: RequestInit): Promise<Response> {
  const response = await ask(url, { ...options, redirect: 'error' });
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).byteLength;
    if (size > MAX_BYTES) throw new RangeError('The document is too large.');
    parts.push(part as Uint8Array);
  }
  return new Response(Buffer.concat(parts), { status: response.status, headers: response.headers });
}
