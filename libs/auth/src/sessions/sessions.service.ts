import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import {
  AccountTransactions,
  accounts,
  refreshTokens,
  sessions,
  type TransactionDatabase,
} from '@bulkhead/persistence';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { holdAccount } from '../accounts/account-hold.ts';
import { AccessTokens, type TokenSubject } from '../tokens/access-tokens.service.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';
import { isLive } from './live-session.ts';
import { newRefreshToken, newSuccessorSalt, refreshTokenHash, successorOf } from '../tokens/refresh-token.ts';
import { profileColumns, type UserProfile } from '../user-profile.ts';

/** What a device keeps of a sign-in. */
export interface SessionTokens {
  readonly accessToken: string;
  /** ISO 8601, UTC. */
  readonly accessTokenExpiresAt: string;
  /** Good for one refresh. */
  readonly refreshToken: string;
}

/** An account and the tokens of one of its sessions. */
export interface SignedIn extends SessionTokens {
  readonly user: UserProfile;
}

/** How long a used refresh token gives the same successor again: its answer may have been lost on the way. */
const GRACE_MS = 10_000;

/** What is kept of what a client calls itself, in characters. */
export const MAX_USER_AGENT_LENGTH = 200;

type EndReason = 'sign_out' | 'refresh_token_reuse';

/** Sign-ins on devices, and the rotation of their refresh tokens. Source: RFC 9700, section 4.14.2. */
@Injectable()
export class Sessions {
  constructor(
    private readonly transactions: AccountTransactions,
    private readonly accessTokens: AccessTokens,
    private readonly audit: AuditLog,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Opens a session in the caller's transaction. @throws UnauthenticatedError when the account may not act any more */
  async open(db: TransactionDatabase, userId: string, userAgent?: string): Promise<SessionTokens> {
    await holdAccount(db, userId);
    const sessionId = randomUUID();
    const expiresAt = sql`now() + make_interval(days => ${this.options.refreshTokenTtlDays})`;
    await db.insert(sessions).values({
      sessionId,
      userId,
      expiresAt,
      signedInAt: sql`now()`,
      userAgent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    });
    return this.#issue(db, { userId, sessionId }, newRefreshToken());
  }

  /**
   * Exchanges a refresh token for new tokens. One that comes a second time within ten seconds gives the same
   * successor again, as long as nobody has used that. Otherwise it was copied by somebody, and nobody can tell who is
   * the owner: the whole session ends.
   * @throws UnauthenticatedError, DatabaseUnavailableError
   */
  async refresh(refreshToken: unknown): Promise<SignedIn> {
    const tokenHash = refreshTokenHash(refreshToken);
    if (tokenHash === undefined) throw new UnauthenticatedError();
    const refreshed = await this.transactions.run((db) =>
      this.#exchange(db, String(refreshToken), tokenHash),
    );
    // Thrown after the commit: inside the transaction it would roll back the end of a stolen session.
    if (!refreshed) throw new UnauthenticatedError(new Error('The refresh token is unknown, used or ended.'));
    return refreshed;
  }

  /** Ends the session on this device, at once on every node. Ending it again changes nothing. */
  async signOut({ sessionId }: TokenSubject): Promise<void> {
    await this.transactions.run((db) => this.#end(db, sessionId, 'sign_out'));
  }

  async #exchange(
    db: TransactionDatabase,
    presented: string,
    tokenHash: string,
  ): Promise<SignedIn | undefined> {
    const isToken = eq(refreshTokens.tokenHash, tokenHash);
    // The lock makes the second of two simultaneous exchanges wait here and see the first one's mark.
    const [token] = await db.select().from(refreshTokens).where(isToken).for('update');
    if (!token) return undefined;
    if (token.usedAt && !(await mayBeLost(db, token, presented))) {
      await this.#end(db, token.sessionId, 'refresh_token_reuse');
      return undefined;
    }
    const [user] = await db
      .select(profileColumns)
      .from(sessions)
      .innerJoin(accounts, eq(accounts.userId, sessions.userId))
      .where(and(eq(sessions.sessionId, token.sessionId), isLive()));
    if (!user) return undefined;
    const successorSalt = token.successorSalt ?? newSuccessorSalt();
    const tokens = await this.#issue(db, token, successorOf(presented, successorSalt));
    if (!token.usedAt) {
      await db
        .update(refreshTokens)
        .set({ usedAt: sql`now()`, successorSalt })
        .where(isToken);
      await db
        .update(sessions)
        .set({ lastUsedAt: sql`now()` })
        .where(eq(sessions.sessionId, token.sessionId));
      await this.audit.appendAs(db, token.userId, 'session.refreshed', { sessionId: token.sessionId });
    }
    return { user, ...tokens };
  }

  async #end(db: TransactionDatabase, sessionId: string, reason: EndReason): Promise<void> {
    const [ended] = await db
      .update(sessions)
      .set({ revokedAt: sql`now()`, revokedReason: reason })
      .where(and(eq(sessions.sessionId, sessionId), isNull(sessions.revokedAt)))
      .returning({ userId: sessions.userId });
    if (ended) await this.audit.appendAs(db, ended.userId, 'session.ended', { sessionId, reason });
  }

  async #issue(
    db: TransactionDatabase,
    { userId, sessionId }: TokenSubject,
    refreshToken: string,
  ): Promise<SessionTokens> {
    const tokenHash = refreshTokenHash(refreshToken) ?? '';
    await db.insert(refreshTokens).values({ tokenHash, sessionId, userId }).onConflictDoNothing();
    const access = await this.accessTokens.issue(db, { userId, sessionId });
    return {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt.toISOString(),
      refreshToken,
    };
  }
}

/**
 * Whether a used token may come from an owner whose answer was lost: it is only just used, and nobody has its
 * successor yet. A thief who is as quick gets the same successor as the owner, and is found out by its second use.
 */
async function mayBeLost(
  db: TransactionDatabase,
  { usedAt, successorSalt }: typeof refreshTokens.$inferSelect,
  presented: string,
): Promise<boolean> {
  if (!usedAt || successorSalt === null) return false;
  const successorHash = refreshTokenHash(successorOf(presented, successorSalt)) ?? '';
  const [successor] = await db
    .select({
      isRecent: sql<boolean>`${usedAt.toISOString()}::timestamptz > now() - make_interval(secs => ${GRACE_MS / 1000})`,
    })
    .from(refreshTokens)
    .where(and(eq(refreshTokens.tokenHash, successorHash), isNull(refreshTokens.usedAt)));
  return successor?.isRecent ?? false;
}
