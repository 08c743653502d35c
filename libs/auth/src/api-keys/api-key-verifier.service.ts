import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  AccountTransactions,
  accounts,
  apiKeys,
  sessions,
  type TransactionDatabase,
} from '@bulkhead/persistence';
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { UnauthenticatedError } from '../auth.errors.ts';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';
import { concerning } from '../accounts/concerned-account.ts';
import { identityColumns, isLive } from '../sessions/live-session.ts';
import { LOCAL_ACCOUNTS } from '../accounts/local-accounts.ts';
import { isSameHash, parseApiKey } from './api-key.ts';

/** How exactly the last use is known, in milliseconds: writing it down each time would cost more than the request. */
const LAST_USE_MS = 60_000;

/** Finds the account behind an API key. */
@Injectable()
export class ApiKeyVerifier {
  readonly #logger = new Logger(ApiKeyVerifier.name);

  constructor(
    private readonly transactions: AccountTransactions,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /**
   * @param lane who waits for whom while the database is busy: nobody knows yet whose key it is
   * @throws UnauthenticatedError, DatabaseUnavailableError
   */
  async verify(credential: string, lane: string) {
    const presented = parseApiKey(credential);
    if (!presented) throw new UnauthenticatedError(new Error('The text is no API key.'));
    const find = (db: TransactionDatabase) =>
      db
        .select({
          ...identityColumns,
          issuer: accounts.issuer,
          scopes: apiKeys.permissions,
          secretHash: apiKeys.secretHash,
          lastUsedAt: sessions.lastUsedAt,
          isLive: isLive().mapWith(Boolean),
        })
        .from(apiKeys)
        .innerJoin(sessions, eq(sessions.sessionId, apiKeys.sessionId))
        .innerJoin(accounts, eq(accounts.userId, sessions.userId))
        .where(eq(apiKeys.sessionId, presented.keyId));
    const [row] = await this.transactions.run(find, lane);
    if (!row?.isLive || !isSameHash(row.secretHash, presented.secretHash)) {
      const reason = new Error('The API key is unknown, revoked or expired.');
      throw concerning(new UnauthenticatedError(reason), row?.userId);
    }
    if (!this.#isTrusted(row.issuer)) {
      const reason = new Error('Whoever vouched for the account is not trusted any more.');
      throw concerning(new UnauthenticatedError(reason), row.userId);
    }
    if (Date.now() - (row.lastUsedAt?.getTime() ?? 0) > LAST_USE_MS) this.#noteUse(row.sessionId);
    return row;
  }

  /** An account ends with the trust in its provider, also where its user left a key. */
  #isTrusted(issuer: string): boolean {
    const { localAccounts = true, providers = [] } = this.options;
    return issuer === LOCAL_ACCOUNTS
      ? localAccounts
      : providers.some((provider) => provider.issuer === issuer);
  }

  #noteUse(sessionId: string): void {
    const isDue = or(
      isNull(sessions.lastUsedAt),
      lt(sessions.lastUsedAt, sql`now() - make_interval(secs => ${LAST_USE_MS / 1000})`),
    );
    this.transactions
      .run((db) =>
        db
          .update(sessions)
          .set({ lastUsedAt: sql`now()` })
          .where(and(eq(sessions.sessionId, sessionId), isDue)),
      )
      .catch((error: unknown) => this.#logger.warn(`A use of an API key was not noted: ${String(error)}`));
  }
}
