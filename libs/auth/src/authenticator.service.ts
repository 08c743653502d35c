import { Injectable } from '@nestjs/common';
import { AccountTransactions } from '@bulkhead/persistence';
import { subnetOf, type Identity } from '@bulkhead/user-context';
import { AccessTokens, type TokenSubject } from './tokens/access-tokens.service.ts';
import { isUuid } from './tokens/access-token.ts';
import { looksLikeApiKey } from './api-keys/api-key.ts';
import { ApiKeyVerifier } from './api-keys/api-key-verifier.service.ts';
import { UnauthenticatedError } from './auth.errors.ts';
import { concerning } from './accounts/concerned-account.ts';
import { mintIdentity } from './identity-mint.ts';
import { LIVE_SESSION } from './sessions/live-session.ts';
import { LOCAL_ACCOUNTS } from './accounts/local-accounts.ts';
import { permissionsOf } from './permissions.ts';
import { ProviderAccounts } from './providers/provider-accounts.service.ts';
import { ProviderTokens } from './providers/provider-tokens.service.ts';
import { SigningKeys } from './tokens/signing-keys.service.ts';

const RUN_IDENTITY_MS = 3_600_000;

/**
 * The one way to an identity, for every transport. The token proves who asks; whether they still may, and what,
 * is asked of the database each time: a revoked, disabled or demoted user is refused at the next call on any node.
 */
@Injectable()
export class Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly keys: SigningKeys,
    private readonly transactions: AccountTransactions,
    private readonly apiKeys: ApiKeyVerifier,
    private readonly providerTokens: ProviderTokens,
    private readonly providerAccounts: ProviderAccounts,
  ) {}

  /**
   * @param credential an access token of this server or of an OpenID provider, or an API key, without a scheme such
   *   as `Bearer`; anything else is refused
   * @param address where it came from, so that one who guesses keys waits for himself while the database is busy
   * @throws UnauthenticatedError
   * @throws DatabaseUnavailableError, IssuerUnavailableError when nobody can say whether the credential is good
   */
  async authenticate(credential: unknown, address?: string): Promise<Identity> {
    if (looksLikeApiKey(credential)) return this.#byApiKey(credential, subnetOf(address));
    const issuer = this.providerTokens.issuerOf(credential);
    return issuer === undefined ? this.#byOwnToken(credential) : this.#byProvider(issuer, String(credential));
  }

  async #byOwnToken(credential: unknown): Promise<Identity> {
    const { userId, sessionId, keyId, expiresAt } = await this.tokens.verify(credential);
    // Other nodes may have retired the key since its material was cached here. Here and below as text: the query
    // builder takes longer than the database.
    const [session] = await this.transactions.statement<LiveSession>(
      (literal) =>
        `SELECT user_id AS "userId", session_id AS "sessionId", roles, sessions.expires_at AS "sessionExpiresAt"
           FROM bulkhead.sessions JOIN bulkhead.accounts USING (user_id)
           JOIN bulkhead.signing_keys ON key_id = ${literal(keyId)} AND ${this.keys.verifiesStill}
          WHERE session_id = ${literal(sessionId)} AND user_id = ${literal(userId)} AND ${LIVE_SESSION}`,
      userId,
    );
    if (!session) {
      throw concerning(
        new UnauthenticatedError(new Error('Session, account or key is no longer good.')),
        userId,
      );
    }
    return identityFor(session, Math.min(expiresAt, session.sessionExpiresAt.getTime()));
  }

  async #byApiKey(credential: string, lane: string): Promise<Identity> {
    const key = await this.apiKeys.verify(credential, lane);
    return identityFor(key, key.sessionExpiresAt.getTime());
  }

  async #byProvider(issuer: string, token: string): Promise<Identity> {
    const { options, ...subject } = await this.providerTokens.verify(issuer, token);
    return identityFor(await this.providerAccounts.sessionOf(options, subject), subject.expiresAt);
  }

  /**
   * The identity behind a run that was accepted earlier, as the account is now; good for an hour. Only a worker
   * that reopens a stored run may call it. A sign-out does not cancel accepted runs: the session must be the
   * user's, but may have ended. The identity of a disabled account may do nothing: good for ending the run only.
   * @throws UnauthenticatedError, DatabaseUnavailableError
   */
  async identityOf({ userId, sessionId }: TokenSubject): Promise<Identity> {
    if (!isUuid(userId) || !isUuid(sessionId)) throw new UnauthenticatedError();
    const [session] = await this.transactions.statement<RunSession>(
      (literal) =>
        `SELECT a.user_id AS "userId", s.session_id AS "sessionId", a.issuer, k.permissions AS scopes,
                CASE WHEN a.disabled_at IS NULL THEN a.roles ELSE '{}' END AS roles
           FROM bulkhead.sessions s JOIN bulkhead.accounts a USING (user_id)
           LEFT JOIN bulkhead.api_keys k USING (session_id)
          WHERE s.session_id = ${literal(sessionId)} AND s.user_id = ${literal(userId)}`,
      userId,
    );
    if (!session) throw new UnauthenticatedError(new Error('The account is gone.'));
    return identityFor(session, Date.now() + RUN_IDENTITY_MS);
  }
}

/** The session of an access token. */
interface LiveSession extends AccountSession {
  readonly sessionExpiresAt: Date;
}

/** The session of a stored run, whose account may be disabled since. */
type RunSession = Required<AccountSession>;

interface AccountSession extends TokenSubject {
  readonly roles: readonly string[];
  /** Absent: a local account's. */
  readonly issuer?: string;
  /** Of an API key. */
  readonly scopes?: readonly string[] | null;
}

function identityFor(session: AccountSession, expiresAt: number): Identity {
  const { userId, sessionId, roles, scopes, issuer = LOCAL_ACCOUNTS } = session;
  return mintIdentity({
    userId,
    sessionId,
    roles,
    permissions: permissionsOf(roles, scopes),
    issuer,
    expiresAt,
  });
}
