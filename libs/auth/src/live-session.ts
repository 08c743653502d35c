import { accounts, sessions, signingKeys, type TransactionDatabase } from '@bulkhead/persistence';
import { and, eq, gt, isNull, sql, type SQL } from 'drizzle-orm';

/** What an identity is made of. */
export const identityColumns = {
  userId: accounts.userId,
  sessionId: sessions.sessionId,
  roles: accounts.roles,
  sessionExpiresAt: sessions.expiresAt,
} as const;

/** Holds for a session that may act, and an account that may: by the database's clock, the same for all nodes. */
export const isLive = (): SQL | undefined =>
  and(isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`), isNull(accounts.disabledAt));

export type LiveSessionQuery = ReturnType<typeof prepareLiveSession>;

/** Finds the session of a token if session, account and key are all good at this moment. */
export const prepareLiveSession = (db: TransactionDatabase, keyVerifiesStill: SQL | undefined) =>
  db
    .select(identityColumns)
    .from(sessions)
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    // Other nodes may have retired the key since its material was cached here.
    .innerJoin(signingKeys, and(eq(signingKeys.keyId, sql.placeholder('keyId')), keyVerifiesStill))
    .where(
      and(
        eq(sessions.sessionId, sql.placeholder('sessionId')),
        eq(sessions.userId, sql.placeholder('userId')),
        isLive(),
      ),
    )
    .prepare('bulkhead_authenticate');
