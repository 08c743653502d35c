import { Inject, Injectable, Logger } from '@nestjs/common';
import { decodeJwt, jwtVerify, type JWTHeaderParameters, type JWTVerifyGetKey } from 'jose';
import { AUTH_OPTIONS, type AuthOptions, type ProviderOptions } from '../auth.options.ts';
import { IssuerUnavailableError, UnauthenticatedError } from '../auth.errors.ts';
import { readClaims, type ProviderSubject } from './provider-claims.ts';
import { ProviderKeys } from './provider-keys.ts';
import { assertAccessToken, TokenTypeError } from './token-kind.ts';

/** Longest token of a provider, in characters: those that list a user's groups are long. */
const MAX_TOKEN_LENGTH = 16_384;
/** Longest that a provider's token may be good for: one that never ends can't be taken back there. */
const MAX_TOKEN_AGE_SECONDS = 86_400;
/** Headers that bring or point to a key. */
const keyHeaders: readonly (keyof JWTHeaderParameters)[] = ['jwk', 'jku', 'x5c', 'x5u'];

interface Provider {
  readonly options: ProviderOptions;
  readonly findKey: JWTVerifyGetKey;
}

/** Verifies tokens of the OpenID providers that the operator has named, and of no other. */
@Injectable()
export class ProviderTokens {
  readonly #logger = new Logger(ProviderTokens.name);
  readonly #told = new Set<string>();
  readonly #providers: ReadonlyMap<string, Provider>;

  constructor(@Inject(AUTH_OPTIONS) { providers = [], fetch: ask }: AuthOptions) {
    this.#providers = new Map(providers.map((options) => [options.issuer, providerOf(options, ask)]));
  }

  /** The provider that a credential says it is from, unverified; undefined when it is from none of them. */
  issuerOf(credential: unknown): string | undefined {
    if (this.#providers.size === 0 || typeof credential !== 'string') return undefined;
    if (credential.length > MAX_TOKEN_LENGTH) return undefined;
    try {
      const { iss } = decodeJwt(credential);
      return typeof iss === 'string' && this.#providers.has(iss) ? iss : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws UnauthenticatedError, IssuerUnavailableError */
  async verify(
    issuer: string,
    token: string,
  ): Promise<ProviderSubject & { readonly options: ProviderOptions }> {
    const provider = this.#providers.get(issuer);
    if (!provider) throw new UnauthenticatedError(new Error('The issuer is not one of ours.'));
    try {
      const subject = await verify(provider, token);
      if (subject.lacksRoles) this.#tell(provider, 'lacksRoles');
      return { ...subject, options: provider.options };
    } catch (error) {
      if (error instanceof TokenTypeError) this.#tell(provider, 'tokenType', error.type);
      throw error instanceof IssuerUnavailableError ? error : new UnauthenticatedError(error);
    }
  }

  /** Once per provider: the operator is to know, not to have the log flooded. Only tokens that the provider signed get here. */
  #tell({ options }: Provider, hint: keyof typeof hints, type?: string): void {
    const key = `${hint} ${options.issuer}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#logger.warn(`A token of ${options.issuer} ${hints[hint](options, type)} (docs/authentication.md).`);
  }
}

/** What an operator can't see otherwise: tokens are good, and open nothing, or give no rights. */
const hints = {
  lacksRoles: ({ rolesClaim }: ProviderOptions) =>
    `has no claim ${JSON.stringify(rolesClaim)}, so it gives its user no roles but the defaultRoles. If nobody's has it, correct rolesClaim`,
  tokenType: (_options: ProviderOptions, type = '') =>
    `has the type "${type.slice(0, 40)}" and was refused. If its access tokens are like that, set tokenTypes to ["at+jwt","JWT"]`,
} as const;

async function verify({ options, findKey }: Provider, token: string): Promise<ProviderSubject> {
  const { issuer, audience, algorithms, clockToleranceSeconds } = options;
  const { payload, protectedHeader } = await jwtVerify(
    token,
    (header, input) => findKey(checked(header), input),
    {
      issuer,
      audience,
      algorithms: [...algorithms],
      requiredClaims: ['sub', 'iat', 'exp', 'aud'],
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: MAX_TOKEN_AGE_SECONDS,
    },
  );
  assertAccessToken(protectedHeader, payload, options.tokenTypes ?? ['at+jwt']);
  const subject = readClaims(payload, token, options);
  // The tolerance is for clocks that run ahead; nobody gets an identity that has expired already.
  if (subject.expiresAt <= Date.now()) throw new RangeError('The token has expired.');
  return subject;
}

function checked(header: JWTHeaderParameters): JWTHeaderParameters {
  if (keyHeaders.some((name) => name in header)) throw new TypeError('The token brings a key of its own.');
  return header;
}

function providerOf(options: ProviderOptions, ask: AuthOptions['fetch']): Provider {
  const { secret, issuer } = options;
  if (secret === undefined) return { options, findKey: new ProviderKeys(issuer, ask).find };
  const key = new TextEncoder().encode(secret);
  return { options, findKey: () => Promise.resolve(key) };
}
